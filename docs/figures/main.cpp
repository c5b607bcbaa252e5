// Draws the figures of docs/ into a folder: `figures docs/figures`.

#include <cstdio>
#include <exception>

#include <common/html.hpp>

#include "figures.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: figures FOLDER\n");
    return 2;
  }
  try {
    figures::Pictures all;
    figures::add_shapes(all);
    figures::add_net(all);
    figures::add_plots(all);
    for (const auto& [name, picture] : all)
      common::write_page(argv[1] + ("/" + name + ".svg"),
                         common::picture_file(picture.svg, picture.width, picture.height));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "figures: %s\n", e.what());
    return 1;
  }
}
