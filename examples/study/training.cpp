#include "training.hpp"

#include <cmath>
#include <ctime>

#include <autograd/autograd.hpp>
#include <nlohmann/json.hpp>

#include <nn/activation.hpp>
#include <nn/checkpoint.hpp>
#include <nn/file.hpp>
#include <nn/metrics.hpp>
#include <nn/mlp.hpp>

#include "../common/training.hpp"

namespace study {

using namespace xgrad;

namespace {

constexpr int costs_per_decade = 10;

// Of this thread alone: what the run would take by itself, however many others run beside it.
double processor_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace

nn::Sequential make_net(const Run& run, const Grid& grid, const Data& data) {
  const Configuration& c = run.configuration;
  std::vector<Index> sizes(static_cast<std::size_t>(c.depth), c.width);
  sizes.insert(sizes.begin(), data.train.x.shape()[1]);
  sizes.push_back(data.outputs);
  Rng weights = common::generator(run.seed, common::Stream::weights);
  return nn::mlp(sizes, nn::activation(c.depth ? c.activation : "identity"), weights,
                 {.init = nn::init::by_name(grid.init)});
}

Tensor cost(const Tensor& z, const Tensor& y) {
  return y.shape().rank() == 2 ? binary_cross_entropy_with_logits(z, y) : cross_entropy(z, y);
}

Tensor logits(const nn::Module& net, const Tensor& x) {
  const NoGrad off;
  return net(x);
}

Training::Training(const Run& run, const Grid& grid, std::shared_ptr<const Data> data)
    : identity_(to_json(grid).dump() + " run " + std::to_string(run.number)),
      data_(std::move(data)),
      net_(make_net(run, grid, *data_)),
      sgd_(net_, {.lr = run.configuration.rate}),
      schedule_(nn::schedule::inverse_time(run.configuration.rate, run.configuration.decay)) {
  row_.run = run;
}

// An epoch's order follows from seed and number alone.
const Dataset& Training::batch(Index step) {
  const Index size = row_.run.configuration.batch;
  if (size == 0 || size >= nn::data::size(data_->train)) return data_->train;
  const Index epoch_steps = (nn::data::size(data_->train) + size - 1) / size, at = step % epoch_steps;
  if (at == 0 || !batches_) {
    const Index epoch = step / epoch_steps;
    Rng order = common::generator(row_.run.seed, common::Stream::order, static_cast<std::uint64_t>(epoch));
    batches_ = nn::data::batches(data_->train, size, order);
  }
  batch_ = (*batches_)[at];
  return batch_;
}

void Training::step() {
  const Index step = row_.iterations++;
  if (row_.diverged) return;
  const double start = processor_seconds();
  const auto& [x, y] = batch(step);
  const Tensor loss = cost(net_(x), y);
  const double met = loss.item();
  if (!std::isfinite(met)) {
    row_.diverged = step;
    tape_.clear();
  } else {
    if (common::on_log_grid(row_.iterations, costs_per_decade)) row_.costs.emplace_back(row_.iterations, met);
    tape_.backward(loss);
    sgd_.set_lr(schedule_(step));
    sgd_.step();
  }
  row_.seconds += processor_seconds() - start;
}

void Training::save(const std::string& path) {
  nn::Checkpoint saved{.module = net_, .step = row_.iterations};
  saved.notes = {{"run", identity_}, {"row", to_json(row_).dump()}};
  nn::save_checkpoint(path, saved);
}

bool Training::resume(const std::string& path) {
  if (!nn::file_exists(path)) return false;
  try {
    nn::Checkpoint saved{.module = net_};
    const nn::State before = nn::state(net_);
    nn::load_checkpoint(path, saved);
    if (saved.notes["run"] != identity_) {
      nn::load_state(net_, before);
      return false;
    }
    const auto json = nlohmann::ordered_json::parse(saved.notes["row"]);
    row_.iterations = saved.step;
    row_.seconds = json.at("seconds");
    for (const auto& point : json.at("costs")) row_.costs.emplace_back(point.at(0), point.at(1));
  } catch (const std::exception&) {
    return false;
  }
  return true;
}

Row Training::row() {
  Row row = row_;
  const auto judge = [&](const Dataset& part, double& part_cost, double& accuracy) {
    const NoGrad off;
    const Tensor z = net_(part.x);
    part_cost = cost(z, part.y).item();
    accuracy = nn::accuracy(z, part.y);
  };
  if (!row.diverged) {
    judge(data_->train, row.train_cost, row.train_accuracy);
    judge(data_->dev, row.dev_cost, row.dev_accuracy);
    // the last update may have been the one too much
    if (!std::isfinite(row.train_cost) || !std::isfinite(row.dev_cost)) row.diverged = row.iterations;
  }
  if (row.diverged) row.train_cost = row.dev_cost = row.train_accuracy = row.dev_accuracy = NAN;
  return row;
}

}  // namespace study
