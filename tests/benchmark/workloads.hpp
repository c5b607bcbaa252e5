#pragma once
// The families of cases; each registers its own.

namespace bench {

void register_moons();      // W1, W2
void register_layers();     // W3, W4
void register_chain();      // W5
void register_functions();  // W6
void register_broadcasts();
void register_reductions();
void register_products();
void register_convolution();

}  // namespace bench
