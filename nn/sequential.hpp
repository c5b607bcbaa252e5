#pragma once
// Sequential: modules one after another.

#include <concepts>
#include <type_traits>

#include <nn/module.hpp>

namespace xgrad::nn {

template <class M>
concept MovedModule = std::derived_from<std::remove_cvref_t<M>, Module> && !std::is_lvalue_reference_v<M>;

/// `Sequential{Linear(2, 4, rng), Tanh{}, Linear(4, 1, rng)}`. Children are called 0, 1, …; it takes them over.
class Sequential : public Module {
 public:
  Sequential() = default;
  template <MovedModule First, MovedModule... Rest>
  requires(!std::same_as<std::remove_cvref_t<First>, Sequential> ||
           sizeof...(Rest) > 0) explicit Sequential(First&& first, Rest&&... rest) {
    add(std::make_unique<std::remove_cvref_t<First>>(std::forward<First>(first)));
    (add(std::make_unique<std::remove_cvref_t<Rest>>(std::forward<Rest>(rest))), ...);
  }
  explicit Sequential(const Sequential& other);
  Sequential(Sequential&&) = default;
  Sequential& operator=(Sequential&&) = default;

  /// Appends a module. Throws ShapeError if it is null.
  void add(std::unique_ptr<Module> module);
  std::size_t size() const { return modules_.size(); }
  /// Throws ShapeError if i is out of range.
  Module& operator[](std::size_t i) const;

  Tensor forward(const Tensor& x) const override;
  void visit(Visitor& v) override;
  std::unique_ptr<Module> clone() const override { return std::make_unique<Sequential>(*this); }
  std::string label() const override { return "Sequential"; }

 private:
  std::vector<std::unique_ptr<Module>> modules_;
};

}  // namespace xgrad::nn
