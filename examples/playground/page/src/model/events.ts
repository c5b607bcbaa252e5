// A typed list of listeners.

export class Events<Map> {
  private readonly listeners: { [K in keyof Map]?: ((value: Map[K]) => void)[] } = {};

  on<K extends keyof Map>(name: K, listener: (value: Map[K]) => void): void {
    (this.listeners[name] ??= []).push(listener);
  }

  emit<K extends keyof Map>(name: K, value: Map[K]): void {
    for (const listener of this.listeners[name] ?? []) listener(value);
  }
}
