#pragma once
// A session: one training run and what the page may do with it. api.cpp gives it requests.

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "../../train/run.hpp"

namespace playground {

using Json = nlohmann::ordered_json;

/// A request that makes no sense, in a sentence for whoever sent it.
struct BadRequest : xgrad::Error {
  using Error::Error;
};

/// Long lists of numbers on their way to the page; JSON only says where they stand.
class Floats {
 public:
  void clear() { values_.clear(); }
  Json add(const std::vector<double>& values);
  const float* data() const { return values_.data(); }

 private:
  std::vector<float> values_;
};

/// A run from its opening on. Reopening makes another one.
struct Opened {
  train::Texts texts;  ///< the options as they stand now
  std::string table;   ///< the CSV of the data, "" for a set by name
  train::Options options;
  train::Job job;
  train::Parts plain;  ///< train and dev part as the data has them, not standardised
  std::unique_ptr<train::Run> run;
  xgrad::nn::State start;  ///< weights
};

/// The session, what it answers with, and the numbers that the answer refers to.
struct Session {
  std::unique_ptr<Opened> opened;
  Floats floats;

  /// Throws BadRequest if nothing is open.
  Opened& now();
};

// One function for each command, as api.hpp describes it. They throw BadRequest, what the library throws, and what
// nlohmann-json throws; then the session is as it was.
Json hello(Session& session, const Json& request);
Json open(Session& session, const Json& request);
Json retune(Session& session, const Json& request);
Json rewind(Session& session, const Json& request);
Json train_steps(Session& session, const Json& request);
Json measure(Session& session, const Json& request);
Json map(Session& session, const Json& request);
Json weights(Session& session, const Json& request);
Json tape(Session& session, const Json& request);
Json equations(Session& session, const Json& request);
Json check(Session& session, const Json& request);
Json curve(Session& session, const Json& request);
Json save(Session& session, const Json& request);
Json load(Session& session, const Json& request);
Json program(Session& session, const Json& request);

}  // namespace playground
