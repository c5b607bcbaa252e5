#pragma once
// Cross-validation: a net for each fold, trained on the others.

#include <functional>
#include <iosfwd>

#include "journal.hpp"
#include "run.hpp"

namespace train {

/// Prints mean, standard deviation and each fold's score, of those done when it is interrupted. Says whether all are.
bool cross_validate(const Options& options, const Job& job, xgrad::Rng& rng, const std::function<bool()>& interrupted,
                    std::ostream& out, Journal& journal);

}  // namespace train
