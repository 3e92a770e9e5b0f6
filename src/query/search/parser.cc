// SPDX-License-Identifier: Apache-2.0
#include "query/search/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "query/search/problem.h"
#include "table/json_text.h"

namespace weir::query::search {
namespace {

using Kind = Expression::Kind;

// What a message shows of a text.
constexpr size_t kShownBytesMax = 40;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
/// Ends every word.
bool IsBracket(char c) { return c == '(' || c == ')' || c == '"'; }

std::string Shown(std::string_view text) {
  if (text.size() <= kShownBytesMax) return std::string(text);
  size_t end = kShownBytesMax;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

Expression Join(Kind kind, std::vector<Expression> children) {
  if (children.size() == 1) return std::move(children[0]);
  Expression joined{.kind = kind, .children = std::move(children), .key = {}, .value = {}};
  return joined;
}

Expression Not(Expression child) {
  Expression negated{.kind = Kind::kNot, .children = {}, .key = {}, .value = {}};
  negated.children.push_back(std::move(child));
  return negated;
}

/// How a key and its value are put together.
struct Operator {
  Comparison comparison = Comparison::kEqual;
  bool is_negated = false;  // `!=`
  bool is_colon = false;    // May be followed by brackets and by another operator.
};

/// Recursive descent. One thread, one query.
class Parser {
 public:
  explicit Parser(std::string_view query) : query_(query) {}

  Result<Expression> Run() {
    SkipSpace();
    if (AtEnd()) return Expression{.children = {}, .key = {}, .value = {}};
    Expression all = TRY(Or());
    if (!AtEnd()) return Bad(at_, fmt::format("expected a term, found \"{}\"", query_[at_]));
    return all;
  }

 private:
  Result<Expression> Or();
  Result<Expression> And();
  Result<Expression> Unary();
  Result<bool> TakeNegation();
  Result<Expression> Primary();
  Result<Expression> InBrackets();
  Result<Expression> Term();
  Result<Expression> Field(const Key& key, const Operator& op);
  Result<Expression> GroupTerm();
  Result<Expression> Range(const Key& key);
  Result<Expression> FieldOf(const Key& key, Comparison comparison, Value value);
  Result<Value> TakeValue(char end = '\0');
  Result<Value> TakeQuoted();
  Result<Value> TakeWord(bool is_key, char end = '\0');
  std::optional<Operator> TakeOperator();
  std::optional<Comparison> TakeComparison();
  Status ExpectedValue() const;
  Status CountTerm(size_t position);

  Status Bad(size_t offset, std::string_view message) const {
    return Problem(query_, offset, message);
  }
  Status TooDeep(size_t offset) const {
    return Bad(offset, fmt::format("more than {} brackets and NOTs within each other", kDepthMax));
  }
  bool AtEnd() const { return at_ >= query_.size(); }
  char Next() const { return AtEnd() ? '\0' : query_[at_]; }
  bool StartsWith(std::string_view text) const { return query_.substr(at_).starts_with(text); }
  bool IsAtWord(std::string_view word) const;
  bool IsAtKeyword() const { return IsAtWord("OR") || IsAtWord("AND") || IsAtWord("NOT"); }
  bool Take(std::string_view text);
  bool TakeKeyword(std::string_view word, std::string_view sign);
  void SkipSpace() {
    while (!AtEnd() && IsSpace(query_[at_])) ++at_;
  }
  bool IsAtOperator() const;

  const std::string_view query_;
  size_t at_ = 0;
  size_t terms_ = 0;
  int depth_ = 0;
  std::optional<Key> group_;  // Within `key:( … )`: each term is a value of it.
};

bool Parser::IsAtWord(std::string_view word) const {
  if (!StartsWith(word)) return false;
  const size_t end = at_ + word.size();
  return end >= query_.size() || IsSpace(query_[end]) || IsBracket(query_[end]);
}

bool Parser::Take(std::string_view text) {
  if (!StartsWith(text)) return false;
  at_ += text.size();
  return true;
}

bool Parser::TakeKeyword(std::string_view word, std::string_view sign) {
  if (IsAtWord(word)) {
    at_ += word.size();
  } else if (!Take(sign)) {
    return false;
  }
  SkipSpace();
  return true;
}

bool Parser::IsAtOperator() const {
  const char c = Next();
  return c == ':' || c == '=' || c == '<' || c == '>' || StartsWith("!=");
}

std::optional<Comparison> Parser::TakeComparison() {
  if (Take(">=")) return Comparison::kGreaterEqual;
  if (Take("<=")) return Comparison::kLessEqual;
  if (Take(">")) return Comparison::kGreater;
  if (Take("<")) return Comparison::kLess;
  if (Take("==") || Take("=")) return Comparison::kEqual;
  return std::nullopt;
}

std::optional<Operator> Parser::TakeOperator() {
  if (Take(":")) return Operator{.is_colon = true};
  if (Take("!=")) return Operator{.is_negated = true};
  const auto comparison = TakeComparison();
  if (!comparison) return std::nullopt;
  return Operator{.comparison = *comparison};
}

Result<Expression> Parser::Or() {
  std::vector<Expression> children;
  do {
    Expression child = TRY(And());
    children.push_back(std::move(child));
  } while (TakeKeyword("OR", "||"));
  return Join(Kind::kOr, std::move(children));
}

Result<Expression> Parser::And() {
  std::vector<Expression> children;
  while (true) {
    Expression child = TRY(Unary());
    children.push_back(std::move(child));
    SkipSpace();
    if (TakeKeyword("AND", "&&")) continue;
    if (AtEnd() || Next() == ')' || IsAtWord("OR") || StartsWith("||")) break;
    if (group_) {
      return Bad(at_, fmt::format("expected OR, AND or \")\" in the values of \"{}\"",
                                  Shown(group_->name)));
    }
  }
  return Join(Kind::kAnd, std::move(children));
}

/// Takes NOT, `-` or `!` where one is. In a group, a sign before a digit is a number's.
Result<bool> Parser::TakeNegation() {
  if (IsAtWord("NOT")) {
    at_ += std::string_view("NOT").size();
    SkipSpace();
    return true;
  }
  const char sign = Next();
  const char after = at_ + 1 < query_.size() ? query_[at_ + 1] : '\0';
  const bool is_number = group_ && sign == '-' && after >= '0' && after <= '9';
  if ((sign != '-' && sign != '!') || IsAtOperator() || is_number) return false;
  ++at_;
  if (AtEnd() || IsSpace(after) || after == ')') {
    return Bad(at_, fmt::format("expected a term right after \"{}\"", sign));
  }
  return true;
}

Result<Expression> Parser::Unary() {
  const size_t begin = at_;
  const bool is_negated = TRY(TakeNegation());
  if (!is_negated) return Primary();
  if (++depth_ > kDepthMax) return TooDeep(begin);
  Expression child = TRY(Unary());
  --depth_;
  return Not(std::move(child));
}

Result<Expression> Parser::Primary() {
  if (AtEnd()) return Bad(at_, "expected a term, found the end");
  if (Next() == ')') return Bad(at_, "expected a term, found \")\"");
  if (IsAtKeyword() || StartsWith("&&") || StartsWith("||")) {
    const std::string_view rest = query_.substr(at_);
    return Bad(at_, fmt::format("expected a term, found \"{}\"", rest.substr(0, rest.find(' '))));
  }
  if (Next() == '(') return InBrackets();
  return group_ ? GroupTerm() : Term();
}

Result<Expression> Parser::InBrackets() {
  const size_t begin = at_++;
  if (++depth_ > kDepthMax) return TooDeep(begin);
  SkipSpace();
  Expression inner = TRY(Or());
  if (!Take(")")) return Bad(at_, "expected \")\"");
  --depth_;
  return inner;
}

/// A key with what it is compared with, or a free text.
Result<Expression> Parser::Term() {
  if (IsAtOperator()) return Bad(at_, "expected a key before the operator");
  const size_t begin = at_;
  const bool is_quoted = Next() == '"';
  Value word = TRY(is_quoted ? TakeQuoted() : TakeWord(true));
  const size_t end = at_;
  // `duration > 5ms` is written with spaces, `key : value` is not.
  SkipSpace();
  if (at_ > end && Next() == ':') at_ = end;
  if (const auto op = TakeOperator()) {
    if (!word.is_exact() || word.pieces[0].empty()) {
      return Bad(begin, "a key has no * in it, and is not empty; put it in quotes,");
    }
    return Field({word.pieces[0], is_quoted, begin}, *op);
  }
  at_ = end;
  TRY(CountTerm(begin));
  if (word.is_any()) return Expression{.children = {}, .key = {}, .value = {}};
  return Expression{.kind = Kind::kText, .children = {}, .key = {}, .value = std::move(word)};
}

Result<Expression> Parser::Field(const Key& key, const Operator& op) {
  Comparison comparison = op.comparison;
  bool is_negated = op.is_negated;
  bool may_group = op.is_colon || comparison == Comparison::kEqual;
  const size_t after = at_;
  SkipSpace();
  if (op.is_colon && Take("!=")) {
    is_negated = true;
  } else if (op.is_colon) {
    const auto inner = TakeComparison();
    may_group = !inner;
    comparison = inner.value_or(comparison);
  }
  SkipSpace();
  Expression field;
  if (may_group && Next() == '(') {
    group_ = key;
    field = TRY(InBrackets());
    group_.reset();
  } else if (may_group && Next() == '[') {
    field = TRY(Range(key));
  } else {
    const bool is_keyword = at_ > after && IsAtKeyword();
    if (AtEnd() || Next() == ')' || is_keyword) return ExpectedValue();
    Value value = TRY(TakeValue());
    field = TRY(FieldOf(key, comparison, std::move(value)));
  }
  return is_negated ? Not(std::move(field)) : std::move(field);
}

/// One value within `key:( … )`.
Result<Expression> Parser::GroupTerm() {
  const Key key = *group_;
  const Comparison comparison = TakeComparison().value_or(Comparison::kEqual);
  SkipSpace();
  if (AtEnd() || Next() == ')' || IsAtKeyword()) return ExpectedValue();
  if (comparison == Comparison::kEqual && Next() == '[') return Range(key);
  Value value = TRY(TakeValue());
  return FieldOf(key, comparison, std::move(value));
}

/// `[a TO b]`, both included; `*` leaves an end open.
Result<Expression> Parser::Range(const Key& key) {
  ++at_;
  SkipSpace();
  Value from = TRY(TakeValue(']'));
  SkipSpace();
  if (!TakeKeyword("TO", "..")) return Bad(at_, "expected TO, as in [1 TO 5],");
  Value to = TRY(TakeValue(']'));
  SkipSpace();
  if (!Take("]")) return Bad(at_, "expected \"]\"");
  std::vector<Expression> bounds;
  if (!from.is_any()) {
    Expression bound = TRY(FieldOf(key, Comparison::kGreaterEqual, std::move(from)));
    bounds.push_back(std::move(bound));
  }
  if (!to.is_any()) {
    Expression bound = TRY(FieldOf(key, Comparison::kLessEqual, std::move(to)));
    bounds.push_back(std::move(bound));
  }
  if (bounds.empty()) return FieldOf(key, Comparison::kEqual, std::move(to));
  return Join(Kind::kAnd, std::move(bounds));
}

Result<Expression> Parser::FieldOf(const Key& key, Comparison comparison, Value value) {
  TRY(CountTerm(value.position));
  if (comparison != Comparison::kEqual && !value.is_exact()) {
    return Bad(value.position, "a value with * can't be less or greater; put it in quotes,");
  }
  return Expression{.kind = Kind::kField,
                    .children = {},
                    .key = key,
                    .comparison = comparison,
                    .value = std::move(value)};
}

Result<Value> Parser::TakeValue(char end) {
  Value value = TRY(Next() == '"' ? TakeQuoted() : TakeWord(false, end));
  const char after = Next();
  if (AtEnd() || IsSpace(after) || after == ')' || (end != '\0' && after == end)) return value;
  return Bad(at_, fmt::format("expected a space or the end, found \"{}\"; a value with brackets or "
                              "quotes in it needs quotes around it,",
                              after));
}

Result<Value> Parser::TakeQuoted() {
  Value value{.pieces = {""}, .is_quoted = true, .position = at_};
  for (++at_; !AtEnd(); ++at_) {
    char c = query_[at_];
    if (c == '"') {
      ++at_;
      return value;
    }
    if (c == '\\' && at_ + 1 < query_.size()) c = query_[++at_];
    value.pieces[0] += c;
  }
  return Bad(at_, "expected \" at the end of a quoted text,");
}

/// Up to a space, a bracket or `end`; a key also up to an operator.
Result<Value> Parser::TakeWord(bool is_key, char end) {
  Value value{.pieces = {""}, .position = at_};
  const size_t begin = at_;
  while (!AtEnd() && !IsSpace(Next()) && !IsBracket(Next()) && (end == '\0' || Next() != end) &&
         !(is_key && IsAtOperator())) {
    char c = query_[at_++];
    if (c == '*') {
      value.pieces.emplace_back();
      continue;
    }
    if (c == '\\' && !AtEnd()) c = query_[at_++];
    value.pieces.back() += c;
  }
  if (at_ == begin) return ExpectedValue();
  return value;
}

Status Parser::ExpectedValue() const {
  size_t end = at_;
  while (end > 0 && IsSpace(query_[end - 1])) --end;
  size_t begin = end;
  while (begin > 0 && !IsSpace(query_[begin - 1]) && query_[begin - 1] != '(') --begin;
  if (begin == end) return Bad(at_, "expected a value");
  return Bad(
      at_, fmt::format("expected a value after \"{}\"", Shown(query_.substr(begin, end - begin))));
}

Status Parser::CountTerm(size_t position) {
  if (++terms_ <= kTermsMax) return Status::OK();
  return Bad(position, fmt::format("more than {} terms", kTermsMax));
}

}  // namespace

Result<Expression> Parse(std::string_view query) {
  if (query.size() > kQueryBytesMax) {
    return Problem(query, kQueryBytesMax,
                   fmt::format("the query has {} bytes, at most {} are possible: it ends",
                               query.size(), kQueryBytesMax));
  }
  const size_t zero = query.find('\0');
  if (zero != std::string_view::npos) return Problem(query, zero, "a byte of 0");
  if (!table::IsUtf8(query)) return Problem(query, 0, "the query is no UTF-8: it begins");
  return Parser(query).Run();
}

}  // namespace weir::query::search
