#pragma once
// The net that a list of layers describes: `conv16x3,pool2,64:relu,dropout0.5`.

#include <string>

#include <autograd/random.hpp>
#include <nn/sequential.hpp>

#include "options.hpp"

namespace train {

/// A net for examples of this shape, (features) or (channels, height, width). Throws BadUsage naming the layer
/// that cannot be read or does not fit. Weights come from `weights`, dropout's masks from `masks`, which must outlive
/// the net.
xgrad::nn::Sequential make_net(const Options& options, const xgrad::Shape& example, xgrad::Index outputs,
                               xgrad::Rng& weights, xgrad::Rng& masks);

/// Whether the list holds a layer that looks at images.
bool wants_images(const std::string& layers);

}  // namespace train
