// Lessons: a setup each, and what to look for in it.

import { start, type Setup } from "./setup";

export interface Lesson {
  id: string;
  title: string;
  note: string;
  setup: Setup;
  panel?: string;
}

const lesson = (id: string, title: string, options: Setup["options"], note: string, more: Partial<Setup> & { panel?: string } = {}): Lesson => {
  const { panel, ...setup } = more;
  return { id, title, note, setup: { options, changes: [], stop: {}, ...setup }, ...(panel && { panel }) };
};

export const lessons: Lesson[] = [
  { id: "start", title: "Two moons, two hidden layers", setup: start,
    note: "Run it, and watch the boundary bend around the moons while the cost falls. Press a unit of the net to see what it has learnt." },
  lesson("paper", "By hand: 2-2-1, on paper", { layers: "2", activation: "relu", dev: "0", lr: "1", standardize: "no", epochs: "20" },
    "Four points, round weights, ReLU: every number of the tape and of the equations can be redone on paper (σ(0) = 0.5, σ(1) = 0.731, σ(−2) = 0.119, σ(−3) = 0.047). Do one step by hand with rate 1, then press Step and compare the weights.",
    {
      points: [[1, 2, 0], [2, 1, 1], [3, 1, 1], [1, 3, 0]],
      weights: { "0.weight": [1, -1, 1, 1], "0.bias": [0, -1], "2.weight": [2, -1], "2.bias": [0] },
      panel: "tape",
    }),
  lesson("line", "Why one layer fails", { data: "xor", points: "200", layers: "none", noise: "0.1", epochs: "1000" },
    "Without a hidden layer the net can draw one straight line only, and no line parts these four corners. Run it; then add a hidden layer and run again."),
  lesson("zeros", "All zeros: units that stay twins", { data: "moons", points: "200", layers: "4", init: "constant", epochs: "1000" },
    "All weights of a layer begin equal, so every unit of it gets the same gradient and stays a copy of its neighbours for ever. Look at the maps of the units, and at the rows of dW1 in the equations. Any random initialiser breaks the tie.",
    { panel: "equations" }),
  lesson("rate", "Too large a rate", { data: "moons", points: "200", layers: "8,8", lr: "10", activation: "leaky_relu", epochs: "1000" },
    "Each step jumps over the valley and lands higher up on the other side. Press Step a few times and watch cost and gradient norms, then run it: the page names the operation where the numbers end. Halve the rate until the cost falls smoothly; rate, optimiser and schedule can be changed while it runs."),
  lesson("spiral", "A hard boundary: the spiral", { data: "spiral", points: "400", layers: "16,16", optimizer: "adam", lr: "0.01", noise: "0.05", epochs: "3000" },
    "Plain gradient descent needs very long here; Adam gets there in seconds. Compare the two."),
  lesson("classes", "Three classes: softmax", { data: "blobs", points: "300", layers: "8", noise: "0.2", epochs: "500" },
    "Three outputs, one a class, add up to 1 at every point. The confusion matrix tells which classes are taken for which."),
  lesson("dead", "Dead units", { data: "circles", points: "200", layers: "8", activation: "relu", lr: "5", noise: "0.1", epochs: "1000" },
    "A large rate can push a ReLU to where it is 0 for every example: its gradient is 0 too, and it never comes back. The table of layers counts them. Take leaky_relu, or a smaller rate."),
  lesson("overfit", "Learning by heart", { data: "moons", points: "60", noise: "0.4", dev: "0.5", layers: "32,32", optimizer: "adam", lr: "0.01", epochs: "5000" },
    "The train cost goes on falling while the dev cost rises: the net learns the noise. Add L2, take fewer units, or more points."),
  lesson("cycle", "Cyclical rates", { data: "moons", points: "400", layers: "8,8", schedule: "triangular", cycle: "100", lr: "1", epochs: "1000" },
    "The rate climbs and falls in a triangle; the cost shows it. Change the schedule while it runs."),
];

export const byId = (id: string): Lesson | undefined => lessons.find((l) => l.id === id);
