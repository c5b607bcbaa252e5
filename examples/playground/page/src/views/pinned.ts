// The unit that was pressed in the net: map and inspector show it until it is pressed again.

export interface Unit {
  layer: number;
  unit: number;
}

export class Pinned {
  unit: Unit | null = null;
  private readonly listeners: (() => void)[] = [];

  name(): string {
    return this.unit ? `unit ${this.unit.unit + 1} of hidden layer ${this.unit.layer + 1}` : "";
  }
  toggle(unit: Unit | null): void {
    const same = unit && this.unit && unit.layer === this.unit.layer && unit.unit === this.unit.unit;
    this.unit = same ? null : unit;
    for (const listener of this.listeners) listener();
  }
  listen(listener: () => void): void {
    this.listeners.push(listener);
  }
}
