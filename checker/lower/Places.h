// The storage places of one function, numbered.
#pragma once

#include "lower/UnitContext.h"

#include "llvm/ADT/StringMap.h"

namespace gfplint {

class Places {
public:
  Places(UnitContext &Unit, const clang::FunctionDecl &F);

  /// The place that an expression names (`x`, `x->y.z`, `*x`, `x[i].y`), or NoPlace.
  PlaceId of(const clang::Expr *E);
  PlaceId of(const clang::VarDecl &V);
  /// A field that no expression of the function names.
  PlaceId named(const std::string &Text, const std::string &Field, std::vector<PlaceId> Roots);
  std::vector<Place> take() { return std::move(All); }
  [[nodiscard]] const std::vector<Place> &all() const { return All; }

private:
  PlaceId add(const std::string &Key, Place P);
  /// A text that is the same for the same place, and the variables on the way.
  std::optional<std::string> path(const clang::Expr *E, std::vector<PlaceId> &Roots);

  UnitContext &Unit;
  std::vector<Place> All;
  llvm::DenseMap<const clang::VarDecl *, PlaceId> Variables;
  llvm::StringMap<PlaceId> Paths;
  llvm::DenseMap<const clang::VarDecl *, bool> Escaping;
};

} // namespace gfplint
