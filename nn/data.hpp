#pragma once
// Data: toys, readers of files, real sets by name, and what stands between them and a net.

#include <nn/data/arff.hpp>
#include <nn/data/batches.hpp>
#include <nn/data/csv.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/idx.hpp>
#include <nn/data/named.hpp>
#include <nn/data/prepare.hpp>
#include <nn/data/split.hpp>
#include <nn/data/standardizer.hpp>
#include <nn/data/table.hpp>
#include <nn/data/toys.hpp>
