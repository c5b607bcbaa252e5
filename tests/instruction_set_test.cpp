// Which instructions the elementwise loops take: a choice made once, at the first call.

#define BOOST_TEST_MODULE instruction_set
#include "support.hpp"

#include <cstdlib>

using namespace xgrad;

BOOST_AUTO_TEST_CASE(the_environment_lowers_it_once) {
  setenv("XGRAD_ISA", "avx9", 1);
  const std::string error =
      "XGRAD_ISA is \"avx9\"; it may be baseline, avx2 or avx512, the most that kernels are to use";
  CHECK_MESSAGE(instruction_set(), error);
  CHECK_MESSAGE(exp(ones({3})), error);
  setenv("XGRAD_ISA", "baseline", 1);
  BOOST_TEST(exp(zeros({3})).values() == support::values({1, 1, 1}));
  BOOST_TEST(instruction_set() == std::string("baseline"));
  setenv("XGRAD_ISA", "avx9", 1);
  BOOST_TEST(instruction_set() == std::string("baseline"));
}
