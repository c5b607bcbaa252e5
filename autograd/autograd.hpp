#pragma once
// Everything of the autograd folder but array.hpp (which brings xtensor).

#include <autograd/derivatives.hpp>
#include <autograd/finite.hpp>
#include <autograd/gradcheck.hpp>
#include <autograd/op.hpp>
#include <autograd/ops.hpp>
#include <autograd/kernel.hpp>
#include <autograd/parameter.hpp>
#include <autograd/random.hpp>
#include <autograd/tape.hpp>
#include <autograd/tensor.hpp>
#include <autograd/threads.hpp>
