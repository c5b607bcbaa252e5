// Sums of products by letters: pairs of operands as matrix products, from the left.

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/parameter.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::einsum() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;

// ------------------------------------------------------------------------------------------------ letters

constexpr std::size_t none = std::string::npos;

bool has(const std::string& letters, char letter) { return letters.find(letter) != none; }

// The letters of one string that another has, each once.
std::string common(const std::string& letters, const std::string& with) {
  std::string result;
  for (char letter : letters)
    if (has(with, letter) && !has(result, letter)) result += letter;
  return result;
}

// The letters of one string that another lacks.
std::string without(const std::string& letters, const std::string& gone) {
  std::string result;
  for (char letter : letters)
    if (!has(gone, letter)) result += letter;
  return result;
}

// `ij,jk->ik`, taken apart.
struct Formula {
  std::vector<std::string> inputs;
  std::string output;

  explicit Formula(const std::string& text) : inputs(1), output(text.substr(text.find("->") + 2)) {
    for (char letter : text.substr(0, text.find("->"))) {
      if (letter == ',')
        inputs.emplace_back();
      else
        inputs.back() += letter;
    }
  }
  Formula(std::vector<std::string> in, std::string out) : inputs(std::move(in)), output(std::move(out)) {}

  explicit Formula(const Call& c) : Formula(c.attributes.word("subscripts")) {}

  std::string text() const {
    std::string list;
    for (std::size_t i = 0; i < inputs.size(); ++i) list += (i ? "," : "") + inputs[i];
    return list + "->" + output;
  }
  // The letters of the operands from `first` on.
  std::string letters(std::size_t first = 0) const {
    std::string list;
    for (std::size_t i = first; i < inputs.size(); ++i) list += inputs[i];
    return list;
  }
  // Those that are not summed once the operands before `next` are contracted.
  std::string kept(std::size_t next) const {
    std::string before;
    for (std::size_t i = 0; i < next; ++i) before += inputs[i];
    return common(before, output + letters(next));
  }
};

// ------------------------------------------------------------------------------------------------ what must hold

void check_text(const Call& c, const std::string& text) {
  const std::string quoted = "'" + text + "'";
  const std::size_t arrow = text.find("->");
  if (arrow == none) c.shape_error(quoted + " has no '->' and the letters of the result behind it");
  if (has(text, '.')) c.shape_error(quoted + ": '...' is not supported; name every axis by a letter");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char at = text[i];
    const bool letter = (at >= 'a' && at <= 'z') || (at >= 'A' && at <= 'Z');
    if (!letter && !(at == ',' && i < arrow) && i != arrow && i != arrow + 1)
      c.shape_error(std::string("'") + at + "' in " + quoted + " is no letter");
  }
  const Formula f(text);
  if (f.inputs.size() != c.x.size())
    c.shape_error(quoted + " is for " + std::to_string(f.inputs.size()) + " operands, not " +
                  std::to_string(c.x.size()));
  for (std::size_t i = 0; i < f.output.size(); ++i) {
    if (!has(f.letters(), f.output[i]))
      c.shape_error(std::string("axis '") + f.output[i] + "' of the result of " + quoted + " is in no operand");
    if (f.output.find(f.output[i]) != i)
      c.shape_error(std::string("axis '") + f.output[i] + "' occurs twice in the result of " + quoted);
  }
}

void check_shapes(const Call& c, const Formula& f) {
  struct Seen {
    char letter;
    Index size;
    std::size_t operand;
  };
  std::vector<Seen> seen;
  for (std::size_t i = 0; i < c.x.size(); ++i) {
    const std::string& letters = f.inputs[i];
    const Shape& shape = c.x[i].shape();
    if (static_cast<std::size_t>(shape.rank()) != letters.size())
      c.shape_error(c.describe(i) + " has " + std::to_string(shape.rank()) + " axes but '" + letters + "' names " +
                    std::to_string(letters.size()));
    for (Index k = 0; k < shape.rank(); ++k) {
      const char letter = letters[static_cast<std::size_t>(k)];
      for (const Seen& s : seen) {
        if (s.letter != letter || s.size == shape[k]) continue;
        const std::string axis = std::string("axis '") + letter + "' is " + std::to_string(s.size);
        c.shape_error(axis + (s.operand == i ? "" : " in " + c.describe(s.operand)) + " and " +
                      std::to_string(shape[k]) + " in " + c.describe(i));
      }
      seen.push_back({letter, shape[k], i});
    }
  }
  for (std::size_t i = 2; i <= c.x.size(); ++i)
    if (const std::size_t axes = f.kept(i).size(); axes > Dims::capacity)
      c.shape_error("'" + f.text() + "' needs " + std::to_string(axes) + " axes after operand " +
                    std::to_string(i - 1) + ", and a Tensor has at most 8");
}

// ------------------------------------------------------------------------------------------------ kernel

// Values with a letter for each axis.
struct Term {
  std::string letters;
  Tensor values;

  Index size(char letter) const { return values.shape()[static_cast<Index>(letters.find(letter))]; }
  Index size(const std::string& group) const {
    Index product = 1;
    for (char letter : group) product *= size(letter);
    return product;
  }
};

Term summed(const Term& t, const std::string& wanted) {
  Axes axes;
  for (std::size_t i = 0; i < t.letters.size(); ++i)
    if (!has(wanted, t.letters[i])) axes.push_back(static_cast<Index>(i));
  if (axes.empty()) return t;
  return {common(t.letters, wanted), sum(t.values, axes)};
}

Tensor ordered(const Term& t, const std::string& letters) {
  if (t.letters == letters) return t.values;
  Axes axes;
  for (char letter : letters) axes.push_back(static_cast<Index>(t.letters.find(letter)));
  return permute(t.values, axes);
}

// As (batch, rows, columns), each group of letters one axis. Where only rows and columns would change places the
// product does it by its flag.
Tensor matrices(const Term& t, const std::string& batch, const std::string& rows, const std::string& columns) {
  if (t.letters != batch + rows + columns && t.letters == batch + columns + rows)
    return transpose(reshape(t.values, {t.size(batch), t.size(columns), t.size(rows)}));
  return reshape(ordered(t, batch + rows + columns), {t.size(batch), t.size(rows), t.size(columns)});
}

Term contracted(const Term& p, const Term& q, const std::string& later) {
  const Term a = summed(p, q.letters + later), b = summed(q, p.letters + later);
  const std::string shared = common(a.letters, b.letters), batch = common(shared, later),
                    inner = without(shared, later), rows = without(a.letters, shared),
                    columns = without(b.letters, shared);
  const Tensor left = matrices(a, batch, rows, inner), right = matrices(b, batch, inner, columns);
  Term y{batch + rows + columns, inner.empty() ? left * right : matmul(left, right)};
  Shape shape;
  for (char letter : y.letters) shape.push_back(has(a.letters, letter) ? a.size(letter) : b.size(letter));
  y.values = reshape(y.values, shape);
  return y;
}

Tensor einsum_kernel(const Call& c, const Shape& shape) {
  const Formula f(c);
  Term y{f.inputs[0], c.x[0].detach()};
  for (std::size_t i = 1; i < c.x.size(); ++i)
    y = contracted(y, {f.inputs[i], c.x[i].detach()}, f.output + f.letters(i + 1));
  // shared, for it may be an operand as it came, which must not become the result
  return detail::share(ordered(summed(y, f.output), f.output), shape);
}

Shape result_shape(const Call& c) {
  const Formula f(c);
  Shape shape;
  for (char letter : f.output)
    for (std::size_t i = 0; i < c.x.size(); ++i)
      if (has(f.inputs[i], letter)) {
        shape.push_back(Term{f.inputs[i], c.x[i]}.size(letter));
        break;
      }
  return shape;
}

// ------------------------------------------------------------------------------------------------ rule

// The operands in the reverse of the order in which the kernel took them, those before this one as one product: so
// what arises on the way is no larger than on the way forward.
Tensor by_operand(const Pullback& c) {
  const Formula f(c);
  const std::string& own = f.inputs[c.index];
  std::vector<Tensor> x{c.g};
  std::vector<std::string> inputs{f.output};
  for (std::size_t i = c.x.size() - 1; i > c.index; --i) {
    x.push_back(c.x[i]);
    inputs.push_back(f.inputs[i]);
  }
  if (const auto count = static_cast<std::ptrdiff_t>(c.index); count == 1) {
    x.push_back(c.x[0]);
    inputs.push_back(f.inputs[0]);
  } else if (count > 1) {
    const Formula before({f.inputs.begin(), f.inputs.begin() + count}, f.kept(c.index));
    x.push_back(xgrad::einsum(before.text(), std::vector<Tensor>(c.x.begin(), c.x.begin() + count)));
    inputs.push_back(before.output);
  }
  const std::string found = common(own, Formula(inputs, "").letters());
  Tensor d = xgrad::einsum(Formula(inputs, found).text(), x);
  if (found == own) return d;
  Shape shape;  // letters that nothing else has were summed alone: their axes share one gradient
  for (char letter : own) shape.push_back(has(found, letter) ? Term{own, c.x[c.index]}.size(letter) : 1);
  return broadcast_to(reshape(d, shape), c.x[c.index].shape());
}

// ------------------------------------------------------------------------------------------------ catalogue

std::vector<Sample> einsum_samples() {
  // the first non-square one stands in docs/operations.md: it has one operand, as derivative_formula gives rules
  const std::vector<std::tuple<SampleKind, const char*, std::vector<Shape>>> cases = {
      {rank0, ",i->i", {{}, {3}}},
      {rank0, "->", {{}}},
      {size1, "ij,jk->ik", {{1, 1}, {1, 1}}},
      {size1, "i,i->", {{1}, {1}}},
      {empty, "ij,jk->ik", {{2, 0}, {0, 3}}},
      {empty, "bij,bjk->bik", {{0, 2, 3}, {0, 3, 2}}},
      {empty, "ij,k->i", {{3, 2}, {0}}},
      {empty, "ij->i", {{0, 3}}},
      {non_square, "ij->ji", {{2, 5}}},
      {non_square, "ij,jk->ik", {{2, 3}, {3, 4}}},
      {non_square, "ji,kj->ik", {{3, 2}, {4, 3}}},
      {non_square, "ij,j->i", {{2, 3}, {3}}},
      {non_square, "i,j->ij", {{3}, {2}}},
      {non_square, "i,j->ji", {{3}, {2}}},
      {non_square, "ij->", {{2, 3}}},
      {non_square, "ij->i", {{2, 3}}},
      {non_square, "ij->j", {{2, 3}}},
      {non_square, "ijk->ki", {{2, 3, 4}}},
      {non_square, "ij,ij->", {{2, 3}, {2, 3}}},
      {non_square, "ij,ij->ji", {{2, 3}, {2, 3}}},
      {non_square, "ij,k->i", {{2, 3}, {4}}},
      {non_square, "bij,bjk->bik", {{2, 3, 4}, {2, 4, 5}}},
      {non_square, "bhqd,bhkd->bhqk", {{2, 2, 3, 4}, {2, 2, 5, 4}}},
      {non_square, "ijk,kl,l->ij", {{2, 3, 4}, {4, 5}, {5}}},
      {non_square, "ij,jk,kl->il", {{2, 3}, {3, 4}, {4, 2}}},
      {non_square, "Ab,bc,A,cd->dA", {{2, 3}, {3, 4}, {2}, {4, 3}}},
      {non_square, "ijik->kj", {{2, 3, 2, 4}}},
      {non_square, "iij,ij->j", {{3, 3, 2}, {3, 2}}},
      {plain, "i,i->", {{4}, {4}}},
      {plain, "i->i", {{5}}},
      {plain, "ii->i", {{4, 4}}},
      {plain, "ii->", {{4, 4}}},
      {plain, "iii->i", {{3, 3, 3}}},
      {plain, "ij,jk->ik", {{17, 9}, {9, 13}}}};
  std::vector<Sample> result;
  unsigned seed = 1;
  for (const auto& [kind, text, shapes] : cases) {
    std::vector<Tensor> x;
    for (const Shape& shape : shapes) x.push_back(samples::values(shape, {}, seed++));
    result.push_back({kind, x, [subscripts = std::string(text)](Inputs in) {
                        return einsum(subscripts, std::vector<Tensor>(in.begin(), in.end()));
                      }});
  }
  return result;
}

std::vector<Misuse> einsum_misuses() {
  const auto wrong = [](const std::string& subscripts, const std::vector<Shape>& shapes, const std::string& message) {
    return Misuse{[=] {
                    std::vector<Tensor> x;
                    for (const Shape& shape : shapes) x.push_back(ones(shape));
                    einsum(subscripts, x);
                  },
                  "einsum: " + message};
  };
  return {wrong("ij,jk", {{2, 3}, {3, 4}}, "'ij,jk' has no '->' and the letters of the result behind it"),
          wrong("...ij -> ...ji", {{2, 3}}, "'...ij->...ji': '...' is not supported; name every axis by a letter"),
          wrong("i1->i", {{2, 3}}, "'1' in 'i1->i' is no letter"),
          wrong("i->j,k", {{2}}, "',' in 'i->j,k' is no letter"),
          wrong("i->j->k", {{2}}, "'-' in 'i->j->k' is no letter"),
          wrong("ij,jk->ik", {{2, 3}}, "'ij,jk->ik' is for 2 operands, not 1"),
          wrong("->", {}, "'->' is for 1 operands, not 0"),
          wrong("ijk->i", {{2, 3}}, "operand 0 (2, 3) has 2 axes but 'ijk' names 3"),
          wrong("ij,jk->ik", {{2, 3}, {4, 5}}, "axis 'j' is 3 in operand 0 (2, 3) and 4 in operand 1 (4, 5)"),
          wrong("ii->i", {{2, 3}}, "axis 'i' is 2 and 3 in operand 0 (2, 3)"),
          wrong("ij->ik", {{2, 3}}, "axis 'k' of the result of 'ij->ik' is in no operand"),
          wrong("ij->jj", {{2, 3}}, "axis 'j' occurs twice in the result of 'ij->jj'"),
          wrong("abcde,fghij->abcdefghij", {{1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}},
                "'abcde,fghij->abcdefghij' needs 10 axes after operand 1, and a Tensor has at most 8"),
          {[] {
             einsum("i,i->", {ones({2}), Tensor()});
           },
           "einsum: operand 1 is an empty Tensor"},
          {[] {
             einsum("i,ij->", {named("w", ones({2})), named("X", ones({3, 2}))});
           },
           "einsum: axis 'i' is 2 in w (2) and 3 in X (3, 2)"}};
}

const ops::Entry einsum_op([] {
  return ops::define(ops::einsum(),
                     {.name = "einsum",
                      .variadic = true,
                      .notation = "einsum(\"{subscripts}\", {*})",
                      .shape = result_shape,
                      .kernel = ops::composed(einsum_kernel),
                      .vjps = {by_operand},
                      .samples = einsum_samples,
                      .without = {broadcast_left, broadcast_right, negative_axis, ties},
                      .misuses = einsum_misuses,
                      .example = XGRAD_EXAMPLE(einsum("ij,j->i", {matrix({{1, 2}, {3, 4}}), tensor({1, 10})}))});
});

// The place of the first letter that comes again.
std::size_t repeated(const std::string& letters) {
  for (std::size_t i = 0; i < letters.size(); ++i)
    if (letters.find(letters[i], i + 1) != none) return i;
  return none;
}

// The diagonals along axes of one letter; `letters` are then those of the result.
Tensor diagonals(const Arg& x, std::string& letters) {
  Tensor y;
  for (std::size_t i = repeated(letters); i != none; i = repeated(letters)) {
    const char letter = letters[i];
    const std::size_t other = letters.find(letter, i + 1);
    Axes order;
    std::string rest;
    for (std::size_t k = 0; k < letters.size(); ++k) {
      if (k == i || k == other) continue;
      order.push_back(static_cast<Index>(k));
      rest += letters[k];
    }
    order.push_back(static_cast<Index>(i));
    order.push_back(static_cast<Index>(other));
    const Arg from = y.defined() ? Arg(y) : x;
    y = i + 2 == letters.size() ? diagonal(from) : diagonal(permute(from, order));
    letters = rest + letter;
  }
  return y;
}

}  // namespace

Tensor einsum(const std::string& subscripts, const Args& operands) {
  const Where where = CallSite::resolve(operands.where());
  std::vector<Arg> args(operands.list().begin(), operands.list().end());
  std::vector<Tensor> x;
  for (const Arg& a : args) {
    x.push_back(a.tensor ? *a.tensor : a.parameter ? a.parameter->value() : scalar(a.number));
    if (!x.back().defined())
      throw ShapeError("einsum: operand " + std::to_string(x.size() - 1) + " is an empty Tensor", where);
  }
  std::string text = subscripts;
  std::erase(text, ' ');
  const Attributes nothing;
  const Call call{*einsum_op, x, nothing, where};
  check_text(call, text);
  Formula f(text);
  check_shapes(call, f);

  const CallSite site(where);
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (repeated(f.inputs[i]) == none) continue;
    x[i] = diagonals(args[i], f.inputs[i]);
    args[i] = Arg(x[i], where.file, where.line);
  }
  return einsum_op(Args(std::move(args), where.file, where.line), {{"subscripts", f.text()}});
}

}  // namespace xgrad
