// Functions of the IR, built by hand in a few words: what tests of flow/ and program/ are made of.
#pragma once

#include "ir/Ir.h"

#include <utility>

namespace gfplint::test {

inline Loc at(uint32_t Line, FileId File = 1) { return {File, Line, 1, Line * 10}; }
inline Site siteAt(uint32_t Line, FileId File = 1) { return {at(Line, File), at(Line, File), 1}; }

/// A condition on a place: `place OP value`; two of them with the same numbers are the same condition.
inline Condition compare(PlaceId Place, CompareOp Op, int64_t Value) {
  Condition C;
  C.Key = 1000 + Place * 100 + static_cast<uint64_t>(Op) * 10 + static_cast<uint64_t>(Value);
  C.Reads = {Place};
  C.Compared = Place;
  C.Op = Op;
  C.Value = Value;
  return C;
}

/// `if (place)`, as lowering writes it: `place == 0`, negated.
inline Condition truth(PlaceId Place) {
  Condition C = compare(Place, CompareOp::Eq, 0);
  C.Negated = true;
  return C;
}

/// A condition of which nothing but its text is understood.
inline Condition opaque(uint64_t Key, std::vector<PlaceId> Reads, bool HasCall = false) {
  Condition C;
  C.Key = Key;
  C.Reads = std::move(Reads);
  C.HasCall = HasCall;
  return C;
}

inline Condition negated(Condition C) {
  C.Negated = !C.Negated;
  return C;
}

inline MaskExpr maskOf(Source From, MaskRange Range, uint32_t Line = 1) {
  MaskExpr M;
  M.Terms = {{std::move(From), Range, siteAt(Line)}};
  M.Where = siteAt(Line);
  return M;
}
inline MaskExpr constant(Mask M, uint32_t Line = 1) {
  return maskOf({SourceKind::Constant, 0, ""}, MaskRange::constant(M), Line);
}
inline MaskExpr local(PlaceId Place, MaskRange Range = MaskRange::identity(), uint32_t Line = 1) {
  return maskOf({SourceKind::Local, Place, ""}, Range, Line);
}
inline MaskExpr field(std::string Name) {
  return maskOf({SourceKind::Field, 0, std::move(Name)}, MaskRange::identity());
}
/// `c ? a : b`
inline MaskExpr either(MaskExpr A, const MaskExpr &B) {
  A.Terms.insert(A.Terms.end(), B.Terms.begin(), B.Terms.end());
  return A;
}

/// `(mask & bits)`
inline Condition testBits(MaskExpr Operand, Mask Bits, MaskTestKind Kind = MaskTestKind::Any,
                          Mask Value = {}) {
  Condition C;
  C.Key = 77000 + Bits.raw() + static_cast<uint64_t>(Kind);
  C.Test = MaskTest{std::move(Operand), Kind, Bits, Value};
  return C;
}

inline Arg maskArg(MaskExpr M) {
  Arg A;
  A.Mask = std::move(M);
  return A;
}
inline Arg placeArg(PlaceId Place, bool ByAddress = false) {
  Arg A;
  A.Var = Place;
  A.ByAddress = ByAddress;
  return A;
}

inline Event call(uint32_t Id, std::string Callee, std::vector<Arg> Args = {}, PlaceId Target = NoPlace) {
  Event E;
  E.Id = Id;
  E.Callee = std::move(Callee);
  E.Args = std::move(Args);
  E.Target = Target;
  E.Where = siteAt(100 + Id);
  return E;
}
inline Event callThrough(uint32_t Id, std::string Field, std::vector<Arg> Args) {
  Event E = call(Id, "", std::move(Args));
  E.Indirect = std::move(Field);
  return E;
}
inline Event assign(PlaceId Target, std::optional<int64_t> Value = std::nullopt, PlaceId From = NoPlace) {
  Event E;
  E.Kind = EventKind::Assign;
  E.Target = Target;
  E.Constant = Value;
  E.From = From;
  return E;
}
inline Event assignMask(PlaceId Target, MaskExpr Value) {
  Event E;
  E.Kind = EventKind::AssignMask;
  E.Target = Target;
  E.Where = Value.Where;
  E.Value = std::move(Value);
  return E;
}
inline Event returnMask(MaskExpr Value) {
  Event E;
  E.Kind = EventKind::Return;
  E.Value = std::move(Value);
  return E;
}

inline Block jump(std::vector<Event> Events, uint32_t To) {
  Block B;
  B.Events = std::move(Events);
  B.Succs = {{To, EdgeKind::Always, 0, 0}};
  return B;
}
inline Block branch(std::vector<Event> Events, Condition On, uint32_t IfTrue, uint32_t IfFalse) {
  Block B;
  B.Events = std::move(Events);
  B.Branch = std::move(On);
  B.Succs = {{IfTrue, EdgeKind::True, 0, 0}, {IfFalse, EdgeKind::False, 0, 0}};
  return B;
}

/// The last block is the exit.
inline Function function(std::string Key, std::vector<Place> Places, std::vector<Block> Blocks) {
  Function F;
  F.Key = Key;
  size_t Colon = Key.rfind(':');
  F.Static = Colon != std::string::npos;
  F.Name = F.Static ? Key.substr(Colon + 1) : Key;
  F.At = at(1);
  F.End = at(99);
  for (const Place &P : Places)
    if (P.Kind == PlaceKind::Param)
      F.Params.push_back({P.Text, P.Text.starts_with("gfp")});
  F.Places = std::move(Places);
  F.Blocks = std::move(Blocks);
  F.Exit = static_cast<uint32_t>(F.Blocks.size() - 1);
  return F;
}

inline Place place(PlaceKind Kind, std::string Text, std::string Field = "", uint32_t Index = 0) {
  Place P;
  P.Kind = Kind;
  P.Text = std::move(Text);
  P.Field = std::move(Field);
  P.Index = Index;
  return P;
}
inline Place param(std::string Name, uint32_t Index) {
  return place(PlaceKind::Param, std::move(Name), "", Index);
}
inline Place variable(std::string Name) { return place(PlaceKind::Local, std::move(Name)); }
inline Place fieldPlace(std::string Text, std::string Field, std::vector<PlaceId> Roots = {}) {
  Place P = place(PlaceKind::Field, std::move(Text), std::move(Field));
  P.Roots = std::move(Roots);
  return P;
}

} // namespace gfplint::test
