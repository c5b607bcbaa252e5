// einsum and its relatives against plain loops over all letters.

#define BOOST_TEST_MODULE einsum
#include "support.hpp"

#include <algorithm>
#include <map>

using namespace xgrad;

namespace {

std::vector<Tensor> random(const std::vector<Shape>& shapes, DType dtype = f64) {
  Rng rng(3);
  std::vector<Tensor> x;
  for (const Shape& shape : shapes) x.push_back(randn(shape, rng, dtype));
  return x;
}

// What the subscripts say: for each value of each letter, the product of the operands is added to its place.
std::vector<double> by_loops(const std::string& subscripts, const std::vector<Tensor>& x) {
  const std::size_t arrow = subscripts.find("->");
  const std::string output = subscripts.substr(arrow + 2);
  std::vector<std::string> inputs(1);
  for (char letter : subscripts.substr(0, arrow)) letter == ',' ? inputs.emplace_back() : inputs.back() += letter;
  std::map<char, Index> size, at;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    for (std::size_t k = 0; k < inputs[i].size(); ++k) size[inputs[i][k]] = x[i].shape()[static_cast<Index>(k)];
  const auto place = [&](const std::string& letters) {
    Index flat = 0;
    for (char letter : letters) flat = flat * size[letter] + at[letter];
    return static_cast<std::size_t>(flat);
  };
  std::vector<std::vector<double>> values;
  for (const Tensor& t : x) values.push_back(t.values());
  Index count = 1, results = 1;
  for (const auto& [letter, n] : size) count *= n;
  for (char letter : output) results *= size[letter];
  std::vector<double> y(static_cast<std::size_t>(results));
  for (Index n = 0; n < count; ++n) {
    Index rest = n;
    for (const auto& [letter, extent] : size) {
      at[letter] = rest % extent;
      rest /= extent;
    }
    double product = 1;
    for (std::size_t i = 0; i < inputs.size(); ++i) product *= values[i][place(inputs[i])];
    y[place(output)] += product;
  }
  return y;
}

const std::vector<std::pair<std::string, std::vector<Shape>>> cases = {
    {"ij,jk->ik", {{2, 3}, {3, 4}}},
    {"ij,jk->ki", {{2, 3}, {3, 4}}},
    {"ji,kj->ik", {{3, 2}, {4, 3}}},
    {"i,i->", {{4}, {4}}},
    {"i,j->ij", {{3}, {2}}},
    {"ij->ji", {{2, 5}}},
    {"ij->", {{2, 5}}},
    {"ij->i", {{2, 5}}},
    {"ij->j", {{2, 5}}},
    {"i->i", {{5}}},
    {"bij,bjk->bik", {{2, 3, 4}, {2, 4, 5}}},
    {"bij,bkj->ikb", {{2, 3, 4}, {2, 5, 4}}},
    {"bij,bi->bj", {{2, 3, 4}, {2, 3}}},
    {"bi,bi->b", {{3, 4}, {3, 4}}},
    {"bhqd,bhkd->bhqk", {{2, 3, 4, 5}, {2, 3, 2, 5}}},
    {"ii->i", {{4, 4}}},
    {"ii->", {{4, 4}}},
    {"iii->i", {{3, 3, 3}}},
    {"ijij->ji", {{2, 3, 2, 3}}},
    {"ij,ij->", {{2, 3}, {2, 3}}},
    {"ij,ji->i", {{2, 3}, {3, 2}}},
    {"ijk,kl,l->ij", {{2, 3, 4}, {4, 5}, {5}}},
    {"ab,bc,cd,de->ae", {{2, 3}, {3, 4}, {4, 5}, {5, 2}}},
    {"a,b,c->cab", {{2}, {3}, {4}}},
    {"ij,k->i", {{2, 3}, {4}}},
    {"ij,k,lj->", {{2, 3}, {4}, {5, 3}}},
    {"Ii,iI->I", {{2, 3}, {3, 2}}},
    {",i,->i", {{}, {3}, {}}},
    {"->", {{}}},
    {"ij,jk->ik", {{1, 1}, {1, 1}}},
    {"ij,jk->ik", {{2, 0}, {0, 3}}},
    {"ij,jk->ik", {{0, 2}, {2, 3}}},
    {"ij,j->i", {{2, 1}, {1}}},
    {"ij,k->i", {{2, 3}, {0}}},
    {"i->", {{0}}},
};

}  // namespace

BOOST_AUTO_TEST_CASE(values_as_by_loops) {
  for (const auto& [subscripts, shapes] : cases)
    for (DType dtype : {f64, f32}) {
      const std::vector<Tensor> x = random(shapes, dtype);
      const Tensor y = einsum(subscripts, x);
      const double error = support::difference(y.values(), by_loops(subscripts, x), 1);
      BOOST_TEST(error <= (dtype == f32 ? 1e-5 : 1e-14), subscripts << " differs by " << error);
      BOOST_TEST(y.dtype() == dtype);
    }
}

// d Σ w·y / d x of a sum of products is that sum without x: w stands for the result.
BOOST_AUTO_TEST_CASE(gradients_as_by_loops) {
  for (const auto& [subscripts, shapes] : cases) {
    const std::vector<Tensor> x = random(shapes);
    Tape tape;
    std::vector<Tensor> leaves;
    for (const Tensor& t : x) leaves.push_back(tape.variable(t));
    const Tensor y = einsum(subscripts, leaves);
    Rng rng(5);
    const Tensor w = randn(y.shape(), rng);
    const std::vector<Tensor> gradients = tape.gradients(y, Args(leaves), {.cotangent = w});
    const std::size_t arrow = subscripts.find("->");
    const std::string total = subscripts.substr(0, arrow) + "," + subscripts.substr(arrow + 2) + "->";
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::vector<double> expected;
      for (Index k = 0; k < x[i].size(); ++k) {
        std::vector<double> unit(static_cast<std::size_t>(x[i].size()));
        unit[static_cast<std::size_t>(k)] = 1;
        std::vector<Tensor> others = x;
        others[i] = tensor(unit, x[i].shape());
        others.push_back(w);
        expected.push_back(by_loops(total, others)[0]);
      }
      const double error = support::difference(gradients[i].values(), expected, 1);
      BOOST_TEST(error <= 1e-13, subscripts << " by operand " << i << " differs by " << error);
    }
  }
}

BOOST_AUTO_TEST_CASE(spaces_numbers_and_parameters) {
  const Parameter w{matrix({{1, 2}, {3, 4}}), "w"};
  BOOST_TEST(einsum(" i j , j -> i ", {w, tensor({1, 10})}).values() == (std::vector<double>{21, 43}));
  BOOST_TEST(einsum(",ij->ji", {2., w}).values() == (std::vector<double>{2, 6, 4, 8}));
  Tape tape;
  tape.backward(einsum("ii,->", {w, 3.}));
  BOOST_TEST(w.grad().values() == (std::vector<double>{3, 0, 0, 3}));
}

// The result of doing nothing is a new value: recording it leaves the operand alone.
BOOST_AUTO_TEST_CASE(the_operand_is_not_the_result) {
  const Parameter w{ones({2}), "w"};
  Tape tape;
  const Tensor y = einsum("i->i", {w});
  BOOST_TEST(y.tracked());
  BOOST_TEST(!w.value().tracked());
}

// Ten letters in all, never more than two axes at a time, and the gradient needs no more than the result.
BOOST_AUTO_TEST_CASE(more_letters_than_axes) {
  std::vector<Shape> shapes;
  std::string subscripts;
  for (char letter = 'a'; letter < 'j'; ++letter) {
    shapes.push_back({2, 2});
    subscripts += (letter == 'a' ? "" : ",") + std::string{letter, static_cast<char>(letter + 1)};
  }
  const std::vector<Tensor> x = random(shapes);
  Tape tape;
  std::vector<Tensor> leaves;
  for (const Tensor& t : x) leaves.push_back(tape.variable(t));
  const Tensor y = einsum(subscripts + "->aj", leaves);
  Tensor product = x[0];
  for (std::size_t i = 1; i < x.size(); ++i) product = matmul(product, x[i]);
  BOOST_TEST(support::difference(y.values(), product.values(), 1) < 1e-13);
  for (const Tensor& g : tape.gradients(y, Args(leaves), {.cotangent = ones({2, 2})}))
    BOOST_TEST(g.shape() == (Shape{2, 2}));
}

// 8 axes in, 8 out, 4 of them contracted: what lies between is merged.
BOOST_AUTO_TEST_CASE(eight_axes) {
  const std::vector<Shape> shapes = {{1, 2, 1, 2, 2, 1, 2, 1}, {2, 1, 2, 1, 3, 1, 2, 1}};
  const std::vector<Tensor> x = random(shapes);
  BOOST_TEST(support::difference(einsum("abcdefgh,efghijkl->labcdijk", x).values(),
                                 by_loops("abcdefgh,efghijkl->labcdijk", x), 1) < 1e-13);
}

BOOST_AUTO_TEST_CASE(errors_name_the_users_line) {
  CHECK_MESSAGE_HERE(einsum("ij,jk", {ones({2, 3}), ones({3, 4})}),
                     "einsum: 'ij,jk' has no '->' and the letters of the result behind it");
  CHECK_MESSAGE_HERE(trace(ones({3})), "trace: Tensor (3) is no matrix");
}

BOOST_AUTO_TEST_CASE(vectors_by_loops) {
  const std::vector<Tensor> x = random({{5}, {5}, {3}});
  BOOST_TEST(support::difference(dot(x[0], x[1]).values(), by_loops("i,i->", {x[0], x[1]}), 1) < 1e-15);
  BOOST_TEST(dot(x[0], x[1]).rank() == 0);
  BOOST_TEST(outer(x[0], x[2]).values() == by_loops("i,j->ij", {x[0], x[2]}));
  BOOST_TEST(dot(zeros({0}), zeros({0})).item() == 0);
}

BOOST_AUTO_TEST_CASE(diagonals_by_loops) {
  for (const Shape& shape : {Shape{4, 4}, {2, 5}, {5, 2}, {3, 2, 3}, {2, 3, 4, 3}, {0, 3}, {2, 0, 3}})
    for (Index offset = -6; offset <= 6; ++offset) {
      const Tensor x = random({shape})[0];
      const Index rows = shape[shape.rank() - 2], columns = shape[shape.rank() - 1];
      const Index batches = rows * columns > 0 ? x.size() / (rows * columns) : 0;
      const std::vector<double> in = x.values();
      std::vector<double> expected, sums;
      for (Index b = 0; b < batches; ++b) {
        sums.push_back(0);
        for (Index i = 0; i < rows; ++i) {
          if (i < columns) sums.back() += in[static_cast<std::size_t>((b * rows + i) * columns + i)];
          if (const Index j = i + offset; j >= 0 && j < columns)
            expected.push_back(in[static_cast<std::size_t>((b * rows + i) * columns + j)]);
        }
      }
      const Tensor y = diagonal(x, offset);
      BOOST_TEST(y.values() == expected, shape << " offset " << offset);
      if (batches) BOOST_TEST(support::difference(trace(x).values(), sums, 1) < 1e-14);
      const Tensor back = diag_embed(y, offset);
      BOOST_TEST(diagonal(back, offset).values() == expected);
      BOOST_TEST(support::difference({sum(abs(back)).item()}, {sum(abs(y)).item()}) < 1e-14);
    }
  BOOST_TEST(diag_embed(tensor({1, 2}), -1).values() == (std::vector<double>{0, 0, 0, 1, 0, 0, 0, 2, 0}));
}
