#include "hand_derived.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <type_traits>

namespace hand {
namespace {

// Finer than the library's numbers, but not where that is done in software.
using Real = std::conditional_t<std::numeric_limits<long double>::digits <= 64, long double, double>;

struct Values {
  std::size_t rows = 0, columns = 0;
  std::vector<Real> v;
  Values(std::size_t r, std::size_t c) : rows(r), columns(c), v(r * c) {}
  explicit Values(const Matrix& m) : rows(m.rows), columns(m.columns), v(m.v.begin(), m.v.end()) {}
  Real& operator()(std::size_t i, std::size_t k) { return v[i * columns + k]; }
  Real operator()(std::size_t i, std::size_t k) const { return v[i * columns + k]; }
};

Real sigmoid(Real z) { return 1 / (1 + std::exp(-z)); }
Real normal_density(Real z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi_v<Real>); }
Real normal_share(Real z) { return std::erfc(-z / std::numbers::sqrt2_v<Real>) / 2; }
Real elu(Real z, Real alpha) { return z > 0 ? z : alpha * (std::exp(z) - 1); }
Real elu_slope(Real z, Real alpha) { return z > 0 ? 1 : alpha * std::exp(z); }

constexpr Real leak = 0.01;
// Klambauer et al., 2017, as the library has them.
constexpr Real selu_alpha = 1.6732632423543772, selu_scale = 1.0507009873554805;

struct Function {
  const char* name;
  Real (*g)(Real z);
  Real (*slope)(Real z);
};

// In the order of Activation.
constexpr Function functions[] = {
    {"tanh", [](Real z) { return std::tanh(z); }, [](Real z) { return 1 - std::tanh(z) * std::tanh(z); }},
    {"sigmoid", sigmoid, [](Real z) { return sigmoid(z) * (1 - sigmoid(z)); }},
    {"relu", [](Real z) { return std::max<Real>(z, 0); }, [](Real z) { return Real(z > 0); }},
    {"leaky_relu", [](Real z) { return z > 0 ? z : leak * z; }, [](Real z) { return z > 0 ? 1 : leak; }},
    {"elu", [](Real z) { return elu(z, 1); }, [](Real z) { return elu_slope(z, 1); }},
    {"selu", [](Real z) { return selu_scale * elu(z, selu_alpha); },
     [](Real z) { return selu_scale * elu_slope(z, selu_alpha); }},
    {"gelu", [](Real z) { return z * normal_share(z); },
     [](Real z) { return normal_share(z) + z * normal_density(z); }},
    {"silu", [](Real z) { return z * sigmoid(z); }, [](Real z) { return sigmoid(z) * (1 + z * (1 - sigmoid(z))); }},
    {"softplus", [](Real z) { return std::max<Real>(z, 0) + std::log1p(std::exp(-std::abs(z))); }, sigmoid},
    {"identity", [](Real z) { return z; }, [](Real) { return Real(1); }}};

const Function& function(Activation g) { return functions[static_cast<std::size_t>(g)]; }

Values affine(const Values& A, const Layer& layer) {
  Values Z(A.rows, layer.W.rows);
  for (std::size_t i = 0; i < Z.rows; ++i)
    for (std::size_t k = 0; k < Z.columns; ++k) {
      Real sum = layer.b[k];
      for (std::size_t j = 0; j < A.columns; ++j)
        sum += A(i, j) * static_cast<Real>(layer.W.v[k * layer.W.columns + j]);
      Z(i, k) = sum;
    }
  return Z;
}

Values output_of(const Values& Z, Output output) {
  Values A = Z;
  for (std::size_t i = 0; i < Z.rows; ++i) {
    Real largest = Z(i, 0), sum = 0;
    for (std::size_t k = 0; k < Z.columns; ++k) largest = std::max(largest, Z(i, k));
    for (std::size_t k = 0; k < Z.columns; ++k) sum += std::exp(Z(i, k) - largest);
    for (std::size_t k = 0; k < Z.columns; ++k)
      A(i, k) = output == Output::sigmoid ? sigmoid(Z(i, k)) : std::exp(Z(i, k) - largest) / sum;
  }
  return A;
}

// Sums terms into entries and keeps the sums of their magnitudes beside them.
class Sums {
 public:
  explicit Sums(std::size_t count) : sum_(count), magnitude_(count) {}
  void add(std::size_t i, Real term) {
    sum_[i] += term;
    magnitude_[i] += std::abs(term);
  }
  Gradient result() const {
    Gradient g;
    g.v.assign(sum_.begin(), sum_.end());
    for (Real m : magnitude_) g.scale = std::max(g.scale, static_cast<double>(m));
    return g;
  }
  const std::vector<Real>& exact() const { return sum_; }

 private:
  std::vector<Real> sum_, magnitude_;
};

}  // namespace

Activation activation(const std::string& name) {
  for (std::size_t i = 0; i < std::size(functions); ++i)
    if (functions[i].name == name) return static_cast<Activation>(i);
  throw std::out_of_range("hand::activation: there is no '" + name + "'");
}

std::vector<LayerGradient> gradients(const Matrix& X, const Matrix& Y, const std::vector<Layer>& layers,
                                     Output output) {
  const std::size_t L = layers.size(), m = X.rows;
  std::vector<Values> Z, A{Values(X)};
  for (std::size_t l = 0; l < L; ++l) {
    Z.push_back(affine(A.back(), layers[l]));
    Values a = Z.back();
    if (l + 1 == L)
      a = output_of(Z.back(), output);
    else
      for (Real& z : a.v) z = function(layers[l].hidden).g(z);
    A.push_back(std::move(a));
  }

  std::vector<LayerGradient> result(L);
  Sums dZ(Z[L - 1].v.size());  // dZL = AL − Y
  for (std::size_t i = 0; i < A[L].v.size(); ++i) {
    dZ.add(i, A[L].v[i]);
    dZ.add(i, -static_cast<Real>(Y.v[i]));
  }
  for (std::size_t l = L; l-- > 0;) {
    const std::size_t out = layers[l].W.rows, in = layers[l].W.columns;
    const std::vector<Real>& d = dZ.exact();
    Sums dW(out * in), db(out), previous(m * in);
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t k = 0; k < out; ++k) {
        const Real dz = d[i * out + k];
        db.add(k, dz / static_cast<Real>(m));
        for (std::size_t j = 0; j < in; ++j) {
          dW.add(k * in + j, dz * A[l](i, j) / static_cast<Real>(m));
          if (l > 0)
            previous.add(i * in + j, dz * static_cast<Real>(layers[l].W.v[k * in + j]) *
                                         function(layers[l - 1].hidden).slope(Z[l - 1](i, j)));
        }
      }
    result[l] = {dZ.result(), dW.result(), db.result()};
    dZ = std::move(previous);
  }
  return result;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b, double scale) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double distance = std::abs(a[i] - b[i]);
    if (std::isnan(distance)) return distance;
    if (distance > 0) largest = std::max(largest, distance / std::max({std::abs(a[i]), std::abs(b[i]), scale}));
  }
  return largest;
}

}  // namespace hand
