// Every operation of the catalogue under every law.

#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/unit_test.hpp>

#include "derivative_laws.hpp"
#include "kinks.hpp"

using namespace xgrad;
using namespace boost::unit_test;

namespace {

constexpr std::size_t operation_count = 110;

void counts() {
  std::set<std::string> names;
  std::size_t samples = 0;
  for (const Op& op : catalogue()) {
    names.insert(op->name);
    samples += op->samples().size();
  }
  BOOST_TEST(catalogue().size() == operation_count);
  BOOST_TEST(names.size() == operation_count, "names are unique");
  BOOST_TEST_MESSAGE(operation_count << " operations, " << samples << " samples");
  BOOST_TEST(samples >= 12 * operation_count);
  const auto broadcast = std::count_if(catalogue().begin(), catalogue().end(), laws::is_elementwise_pair);
  BOOST_TEST(broadcast >= 15, broadcast << " operations are held to broadcast");
}

}  // namespace

bool init_unit_test() {
  master_test_suite_t& all = framework::master_test_suite();
  all.add(make_test_case(counts, "counts", __FILE__, __LINE__));
  for (const Op& op : catalogue()) {
    auto* suite = BOOST_TEST_SUITE(op->name);
    const auto add = [&](const char* name, laws::Violations (*law)(const Op&)) {
      const auto run = [&op, law] {
        for (const std::string& violation : law(op)) BOOST_ERROR(violation);
      };
      suite->add(make_test_case(run, name, __FILE__, __LINE__));
    };
    add("complete", laws::complete);
    add("recorded", laws::recorded);
    add("f32_like_f64", laws::f32_like_f64);
    if (laws::is_elementwise_pair(op)) add("broadcasts", laws::broadcasts);
    if (op->has_derivative()) {
      add("complex_step", laws::complex_step);
      add("six_point", laws::six_point);
      add("second_order", laws::second_order);
      add("adjoint", laws::adjoint);
      add("symmetric", laws::symmetric);
      add("kinks", laws::kinks);
    }
    all.add(suite);
  }
  return true;
}

int main(int argc, char* argv[]) { return unit_test_main(init_unit_test, argc, argv); }
