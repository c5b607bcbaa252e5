// The layers of nn: each equals its operation, differentiates, clones, and says what is wrong with its input.

#define BOOST_TEST_MODULE layers
#include "support.hpp"

#include <nn/nn.hpp>

using namespace xgrad;

BOOST_AUTO_TEST_CASE(activations_are_their_operations) {
  const Tensor x = tensor({-1., 0.5});
  BOOST_TEST(nn::Tanh{}(x).values() == tanh(x).values());
  BOOST_TEST(nn::Sigmoid{}(x).values() == sigmoid(x).values());
  BOOST_TEST(nn::Relu{}(x).values() == relu(x).values());
  BOOST_TEST(nn::LeakyRelu{0.3}(x).values() == leaky_relu(x, 0.3).values());
  BOOST_TEST(nn::Elu{0.5}(x).values() == elu(x, 0.5).values());
  BOOST_TEST(nn::Selu{}(x).values() == selu(x).values());
  BOOST_TEST(nn::Gelu{}(x).values() == gelu(x).values());
  BOOST_TEST(nn::Silu{}(x).values() == silu(x).values());
  BOOST_TEST(nn::Softplus{}(x).values() == softplus(x).values());
  BOOST_TEST(nn::Softmax{}(x).values() == softmax(x).values());
  BOOST_TEST(nn::Identity{}(x).values() == x.values());
  BOOST_TEST(nn::Activation("Square", [](const Tensor& v) { return v * v; })(x).values() == square(x).values());
  BOOST_TEST(nn::Elu{0.5}.clone()->label() == "Elu(0.5)");
}

BOOST_AUTO_TEST_CASE(activations_by_name) {
  for (const std::string& name : nn::activation_names())
    BOOST_TEST(nn::activation(name)(tensor({-1., 2.})).shape() == Shape{2});
  BOOST_TEST(nn::activation("tanh")(scalar(0.5)).item() == tanh(scalar(0.5)).item());
  CHECK_MESSAGE(nn::activation("hyper"),
                "activation: there is no 'hyper'; take one of tanh, sigmoid, relu, leaky_relu, elu, selu, gelu, silu, "
                "softplus, identity");
}

BOOST_AUTO_TEST_CASE(a_linear_layer) {
  Rng rng(1);
  const nn::Linear f(3, 2, rng), narrow(3, 2, rng, {.dtype = f32}), bare(3, 2, rng, {.bias = false});
  const Tensor x = randn({4, 3}, rng);
  BOOST_TEST(f(x).values() == (matmul(x, transpose(f.weight)) + f.bias).values());
  BOOST_TEST(narrow(x.to(f32)).dtype() == f32);
  BOOST_TEST(bare(x).values() == matmul(x, transpose(bare.weight)).values());
  BOOST_TEST(bare.label() == "Linear(3, 2, no bias)");
  CHECK_MESSAGE(nn::Linear(0, 2, rng), "Linear: needs sizes of at least 1, not 0 and 2");
  CHECK_MESSAGE_HERE(f(ones({4, 2})), "Linear: Tensor (4, 2) must have 3 features on its last axis, for weight (2, 3)");
  CHECK_MESSAGE_HERE(f(scalar(1)), "Linear: Tensor () must have 3 features on its last axis, for weight (2, 3)");
}

BOOST_AUTO_TEST_CASE(convolution_and_pools) {
  Rng rng(2);
  const nn::Conv2d f(2, 3, {3, 2}, rng, {.stride = 2, .padding = {1, 0}, .dilation = {1, 2}}),
      bare(2, 3, 1, rng, {.bias = false});
  const Tensor x = randn({2, 2, 7, 6}, rng);
  BOOST_TEST(f(x).values() ==
             conv2d(x, f.weight, f.bias, {.stride = 2, .padding = {1, 0}, .dilation = {1, 2}}).values());
  BOOST_TEST(bare(x).values() == conv2d(x, bare.weight).values());
  BOOST_TEST(f.label() == "Conv2d(2, 3, 3x2, stride 2, padding 1x0, dilation 1x2)");
  BOOST_TEST(bare.label() == "Conv2d(2, 3, 1, no bias)");
  BOOST_TEST(nn::MaxPool2d(2)(x).values() == max_pool2d(x, {2, 2}).values());
  BOOST_TEST(nn::AvgPool2d(3, {.stride = 1})(x).values() == avg_pool2d(x, {3, 3}, {.stride = 1}).values());
  BOOST_TEST(nn::MaxPool2d({2, 3}, {.padding = 1}).label() == "MaxPool2d(2x3, padding 1)");
  BOOST_TEST(nn::AvgPool2d(2).clone()->label() == "AvgPool2d(2)");
  CHECK_MESSAGE(nn::Conv2d(2, 0, 3, rng), "Conv2d: needs sizes of at least 1, not 2, 0, 3 and 3");
}

BOOST_AUTO_TEST_CASE(layer_norms) {
  const nn::LayerNorm f(3, {.eps = 0.1});
  Rng rng(3);
  const Tensor x = randn({2, 4, 3}, rng);
  BOOST_TEST(f(x).values() == layer_norm(x, ones({3}), zeros({3}), 0.1).values());
  CHECK_MESSAGE(nn::LayerNorm(0), "LayerNorm: needs sizes of at least 1, not 0");
  CHECK_MESSAGE(nn::LayerNorm(2, {.eps = -1}), "LayerNorm: eps must be 0 or more, not -1");
}

// Plain loops for what PyTorch's documentation says.
BOOST_AUTO_TEST_CASE(batch_norms_in_training_and_in_evaluation) {
  Rng rng(4);
  nn::BatchNorm1d f(2, {.eps = 0.01, .momentum = 0.25});
  double mean[2] = {0, 0}, var[2] = {1, 1};
  for (int step = 0; step < 3; ++step) {
    const Tensor x = randn({5, 2}, rng);
    BOOST_TEST(f(x).values() == batch_norm(x, ones({2}), zeros({2}), 0.01).values());
    for (Index k = 0; k < 2; ++k) {
      double sum = 0, squares = 0;
      for (Index i = 0; i < 5; ++i) sum += x.at(i, k);
      for (Index i = 0; i < 5; ++i) squares += (x.at(i, k) - sum / 5) * (x.at(i, k) - sum / 5);
      mean[k] = 0.75 * mean[k] + 0.25 * sum / 5;
      var[k] = 0.75 * var[k] + 0.25 * squares / 4;
    }
  }
  BOOST_TEST(support::difference(f.running_mean.value().values(), {mean[0], mean[1]}) <= 1e-14);
  BOOST_TEST(support::difference(f.running_var.value().values(), {var[0], var[1]}) <= 1e-14);

  f.eval();
  const Tensor x = randn({1, 2}, rng);
  const Tensor y = f(x);
  for (Index k = 0; k < 2; ++k)
    BOOST_TEST(std::abs(y.at(0, k) - (x.at(0, k) - mean[k]) / std::sqrt(var[k] + 0.01)) <= 1e-14);
  BOOST_TEST(support::difference(f.running_mean.value().values(), {mean[0], mean[1]}) <= 1e-14);
  BOOST_TEST(nn::trainable_parameters(f).size() == 2u);
  BOOST_TEST(nn::parameters(f).size() == 4u);
}

BOOST_AUTO_TEST_CASE(batch_norm_of_sequences_and_images) {
  Rng rng(5);
  const Tensor sequences = randn({3, 2, 4}, rng), images = randn({3, 2, 4, 5}, rng);
  nn::BatchNorm1d one(2);
  nn::BatchNorm2d two(2);
  BOOST_TEST(one(sequences).values() == batch_norm(sequences, ones({2}), zeros({2})).values());
  BOOST_TEST(two(images).values() == batch_norm(images, ones({2}), zeros({2})).values());
  two.eval();
  BOOST_TEST(two(images).shape() == images.shape());
  BOOST_TEST(two.label() == "BatchNorm2d(2)");

  CHECK_MESSAGE_HERE(one(ones({4, 3})),
                     "BatchNorm1d: Tensor (4, 3) must be (n, channels) or (n, channels, length) with 2 channels");
  CHECK_MESSAGE_HERE(two(ones({4, 2})),
                     "BatchNorm2d: Tensor (4, 2) must be (n, channels, height, width) with 2 channels");
  CHECK_MESSAGE_HERE(one(ones({1, 2})),
                     "BatchNorm1d: training needs more than one value a channel, not Tensor (1, 2); call eval() to use "
                     "the running statistics");
  CHECK_MESSAGE(nn::BatchNorm1d(2, {.momentum = 1.5}), "BatchNorm1d: the momentum must be in [0, 1], not 1.5");
  CHECK_MESSAGE(nn::BatchNorm1d(0), "BatchNorm1d: needs sizes of at least 1, not 0");
}

BOOST_AUTO_TEST_CASE(gradcheck_leaves_running_statistics) {
  Rng rng(6);
  nn::Sequential net{nn::Linear(3, 4, rng, {.bias = false}), nn::BatchNorm1d(4), nn::Tanh{}, nn::Linear(4, 1, rng)};
  const Tensor x = randn({8, 3}, rng);
  net(x);
  const std::vector<double> before = nn::parameters(net)[3].value().values();
  for (const Stencil stencil : {Stencil::automatic, Stencil::six_point}) {
    const GradcheckReport report =
        gradcheck([&] { return sum(square(net(x))); }, net, {.stencil = stencil, .tolerance = 1e-8});
    BOOST_TEST(report.passed());
    BOOST_TEST(nn::parameters(net)[3].value().values() == before);
  }
  net(x);
  BOOST_TEST(nn::parameters(net)[3].value().values() != before);
}

BOOST_AUTO_TEST_CASE(dropouts) {
  Rng rng(7), same(7);
  nn::Dropout f(0.4, rng);
  const Tensor x = ones({50, 20});
  const Tensor y = f(x);
  BOOST_TEST(y.values() == dropout(x, 0.4, same).values());
  for (double v : y.values()) BOOST_TEST((v == 0 || std::abs(v - 1 / 0.6) < 1e-15));
  f.eval();
  BOOST_TEST(f(x).values() == x.values());
  BOOST_TEST(f.label() == "Dropout(0.4)");
  CHECK_MESSAGE(nn::Dropout(1.5, rng), "Dropout: the probability must be in [0, 1], not 1.5");
  CHECK_MESSAGE(nn::Dropout(NAN, rng), "Dropout: the probability must be in [0, 1], not nan");
}

BOOST_AUTO_TEST_CASE(embeddings) {
  Rng rng(8);
  nn::Embedding table(5, 3, rng);
  const Tensor index = matrix({{4, 0}, {1, 1}});
  BOOST_TEST(table(index).values() == embedding(table.weight, index).values());
  BOOST_TEST(table(index).shape() == (Shape{2, 2, 3}));
  BOOST_TEST(table.label() == "Embedding(5, 3)");
  CHECK_MESSAGE_HERE(table(tensor({5.})), "index_select: element 0 of index (1) is 5, not a whole number from 0 to 4");
  CHECK_MESSAGE(nn::Embedding(0, 3, rng), "Embedding: needs sizes of at least 1, not 0 and 3");
}

BOOST_AUTO_TEST_CASE(flatten) {
  BOOST_TEST(nn::Flatten{}(ones({2, 3, 4})).shape() == (Shape{2, 12}));
  BOOST_TEST(nn::Flatten{}(ones({0, 3, 4})).shape() == (Shape{0, 12}));
  BOOST_TEST(nn::Flatten{}(ones({5})).shape() == (Shape{5, 1}));
  CHECK_MESSAGE_HERE(nn::Flatten{}(scalar(1)), "Flatten: Tensor () has no axis of examples");
}

BOOST_AUTO_TEST_CASE(residuals) {
  Rng rng(9);
  nn::Residual f{nn::Sequential{nn::Linear(3, 3, rng), nn::Tanh{}}};
  const Tensor x = randn({2, 3}, rng);
  const std::vector<Parameter> p = nn::parameters(f);
  BOOST_TEST(p[0].name() == "body.0.weight");
  BOOST_TEST(f(x).values() == (x + tanh(matmul(x, transpose(p[0])) + p[1])).values());
  const std::unique_ptr<nn::Module> copy = f.clone();
  nn::parameters(*copy)[0].assign(zeros({3, 3}));
  BOOST_TEST((*copy)(x).values() != f(x).values());
  nn::Residual outer{std::make_unique<nn::Residual>(nn::Tanh{})};
  BOOST_TEST(outer(x).values() == (x + (x + tanh(x))).values());
  const nn::Residual narrowing{nn::Linear(3, 2, rng)};
  CHECK_MESSAGE_HERE(narrowing(x),
                     "Residual: Linear(3, 2) makes (2, 2) of Tensor (2, 3); the body must keep the shape");
  CHECK_MESSAGE(nn::Residual(std::unique_ptr<nn::Module>()), "Residual: cannot take an empty module");
}

BOOST_AUTO_TEST_CASE(layered_nets) {
  Rng rng(10), same(10);
  const nn::Sequential net = nn::mlp({2, 4, 3, 1}, nn::Tanh{}, rng);
  const nn::Sequential written{nn::Linear(2, 4, same), nn::Tanh{}, nn::Linear(4, 3, same), nn::Tanh{},
                               nn::Linear(3, 1, same)};
  const Tensor x = randn({5, 2}, rng);
  BOOST_TEST(net(x).values() == written(x).values());
  BOOST_TEST(nn::mlp({2, 1}, nn::Tanh{}, rng).size() == 1u);
  const nn::Sequential narrow = nn::mlp({2, 3, 1}, nn::Relu{}, rng, {.init = nn::init::he_normal(), .dtype = f32});
  BOOST_TEST(narrow(x.to(f32)).dtype() == f32);
  CHECK_MESSAGE(nn::mlp({3}, nn::Tanh{}, rng), "mlp: needs at least the number of inputs and of outputs, not 1 size");
  CHECK_MESSAGE(nn::mlp({3, -1}, nn::Tanh{}, rng), "Linear: needs sizes of at least 1, not 3 and -1");
}

// Every layer in one net: gradients are right, in both modes.
BOOST_AUTO_TEST_CASE(a_net_of_all_layers_differentiates) {
  Rng rng(11);
  nn::Sequential net;
  net.add(std::make_unique<nn::Conv2d>(1, 2, 3, rng, nn::Conv2dOptions{.padding = 1, .bias = false}));
  net.add(std::make_unique<nn::BatchNorm2d>(2));
  net.add(std::make_unique<nn::Gelu>());
  net.add(std::make_unique<nn::AvgPool2d>(2));
  net.add(std::make_unique<nn::Flatten>());
  net.add(std::make_unique<nn::LayerNorm>(8));
  net.add(std::make_unique<nn::Residual>(nn::Linear(8, 8, rng)));
  net.add(std::make_unique<nn::Silu>());
  net.add(std::make_unique<nn::Linear>(8, 3, rng));
  const Tensor x = randn({4, 1, 4, 4}, rng), y = tensor({0., 2., 1., 1.});
  for (const bool training : {true, false}) {
    net.train(training);
    const GradcheckReport report =
        gradcheck([&] { return cross_entropy(net(x), y) + nn::l2_penalty(net, 0.1); }, net, {.tolerance = 1e-8});
    BOOST_TEST(report.passed());
  }
}
