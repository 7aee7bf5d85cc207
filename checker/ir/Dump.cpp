// IR for people: one line an event.
#include "ir/Ir.h"

#include "llvm/Support/raw_ostream.h"

namespace gfplint {
namespace {

class Dumper {
public:
  Dumper(llvm::raw_ostream &Out, const FileTable &Files, const FlagTable &Flags)
      : Out(Out), Files(Files), Flags(Flags) {}

  void unit(const Unit &U) {
    Out << "unit " << U.File << "\n";
    if (!U.Error.empty())
      Out << "  error " << U.Error << "\n";
    for (const Part &P : U.Parts)
      part(P);
  }

private:
  void part(const Part &P) {
    for (const Function &F : P.Functions)
      function(F);
    for (const FieldFunction &F : P.FieldFunctions)
      Out << "table " << F.Field << " = " << F.Function << "\n";
    for (const FieldMask &M : P.FieldMasks)
      Out << "field " << M.Field << " = " << expr(M.Value, nullptr) << "\n";
  }
  void function(const Function &F);
  void event(const Event &E, const Function &F);
  std::string place(PlaceId Id, const Function *F) {
    return Id == NoPlace || F == nullptr ? "?" : F->Places[Id].Text;
  }
  std::string fn(MaskFn Fn) { return "(in & " + keep(Fn.Keep) + ") | " + Flags.spell(Fn.Set); }
  std::string keep(Mask M) { return M == Mask::all() ? "all" : "~(" + Flags.spell(~M) + ")"; }
  std::string term(const MaskTerm &T, const Function *F);
  std::string expr(const MaskExpr &M, const Function *F) {
    std::string Text;
    for (const MaskTerm &T : M.Terms)
      Text += (Text.empty() ? "" : " or ") + term(T, F);
    return Text;
  }
  std::string condition(const Condition &C, const Function &F) {
    std::string Text = C.Negated ? "not " : "";
    if (C.Test)
      Text += "test " + expr(C.Test->Operand, &F) +
              (C.Test->Kind == MaskTestKind::Any   ? " any "
               : C.Test->Kind == MaskTestKind::All ? " all "
                                                   : " equal ") +
              Flags.spell(C.Test->Kind == MaskTestKind::Equal ? C.Test->Value : C.Test->Bits);
    else if (C.Compared != NoPlace)
      Text += place(C.Compared, &F) + " " + std::to_string(static_cast<int>(C.Op)) + " " +
              std::to_string(C.Value);
    else if (C.CallResult)
      Text += "result of #" + std::to_string(*C.CallResult);
    return Text + " `" + C.Text + "`";
  }

  llvm::raw_ostream &Out;
  const FileTable &Files;
  const FlagTable &Flags;
};

std::string Dumper::term(const MaskTerm &T, const Function *F) {
  std::string In;
  switch (T.From.Kind) {
  case SourceKind::Constant:
    return Flags.spell(T.Range.Must.Set);
  case SourceKind::Param:
    In = "param " + std::to_string(T.From.Index);
    break;
  case SourceKind::Local:
    In = place(T.From.Index, F);
    break;
  case SourceKind::Field:
    In = T.From.Name;
    break;
  case SourceKind::Return:
    In = T.From.Name + "() #" + std::to_string(T.From.Index);
    break;
  case SourceKind::Unknown:
    return "unknown";
  }
  if (T.Range == MaskRange::identity())
    return In;
  if (T.Range.isExact())
    return In + " -> " + fn(T.Range.Must);
  return In + " -> at least " + fn(T.Range.Must) + ", at most " + fn(T.Range.May);
}

void Dumper::event(const Event &E, const Function &F) {
  Out << "    " << E.Where.At.Line << ":" << E.Where.At.Column << " ";
  switch (E.Kind) {
  case EventKind::Call:
    if (E.Target != NoPlace)
      Out << place(E.Target, &F) << " = ";
    Out << (E.Cleanup ? "cleanup #" : "call #") << E.Id << " "
        << (E.Callee.empty() ? "*" + E.Indirect : E.Callee) << "(";
    for (size_t I = 0; I < E.Args.size(); ++I) {
      const Arg &A = E.Args[I];
      Out << (I != 0 ? ", " : "");
      if (A.Mask)
        Out << "mask " << expr(*A.Mask, &F);
      else if (A.Constant)
        Out << *A.Constant;
      else if (!A.Function.empty())
        Out << "fn " << A.Function;
      else
        Out << (A.ByAddress ? "&" : "") << place(A.Var, &F);
      for (const std::string &Name : A.Names)
        Out << " " << Name;
    }
    Out << ")" << (E.ToReturn ? " returned" : "") << (E.Discarded ? " discarded" : "");
    if (E.Typed != E.Callee)
      Out << " typed " << E.Typed;
    break;
  case EventKind::AssignMask:
    Out << place(E.Target, &F) << " := mask " << expr(*E.Value, &F);
    break;
  case EventKind::Assign:
    Out << place(E.Target, &F)
        << " := " << (E.Constant ? std::to_string(*E.Constant) : (E.Negated ? "!" : "") + place(E.From, &F));
    break;
  case EventKind::Return:
    Out << "return";
    if (E.Value)
      Out << " mask " << expr(*E.Value, &F);
    else if (E.Constant)
      Out << " " << *E.Constant;
    else if (E.From != NoPlace)
      Out << " " << place(E.From, &F);
    break;
  case EventKind::TaskFlags:
    Out << (E.Negated ? "task flags cleared" : "task flags set");
    for (const std::string &Name : E.Args.front().Names)
      Out << " " << Name;
    break;
  }
  Out << "\n";
}

void Dumper::function(const Function &F) {
  Out << "function " << F.Key << " " << Files.name(F.At.File) << ":" << F.At.Line << "\n";
  for (size_t I = 0; I < F.Blocks.size(); ++I) {
    const Block &B = F.Blocks[I];
    Out << "  block " << I << (I == F.Exit ? " exit" : "") << "\n";
    for (const Event &E : B.Events)
      event(E, F);
    if (B.Branch)
      Out << "    if " << condition(*B.Branch, F) << "\n";
    for (const Edge &E : B.Succs) {
      constexpr const char *Kinds[] = {"", " true", " false", " case", " default"};
      Out << "    ->" << Kinds[static_cast<size_t>(E.Kind)] << " " << E.To;
      if (E.Kind == EdgeKind::Case)
        Out << " (" << E.CaseLow << ".." << E.CaseHigh << ")";
      Out << "\n";
    }
  }
}

} // namespace

std::string dump(const Unit &U, const FileTable &Files, const FlagTable &Flags) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  Dumper(Out, Files, Flags).unit(U);
  return Out.str();
}

} // namespace gfplint
