// The command line as data: what --help is printed from, for man page and completions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gfplint {

/// What a shell offers as an option's value.
enum class Completes : uint8_t {
  Nothing,
  File,
  Folder,
  Database,
  Rules,
  Form,
  FormAndFile,
  Revision,
  Values
};

struct ValueDoc {
  std::string Name;
  /// May be empty.
  std::string Help;
};

struct OptionDoc {
  /// With its dashes: `-p`, `--rules`.
  std::string Name;
  /// As in `--help`: `LIST`; empty for a switch.
  std::string ValueName;
  std::string Help;
  Completes Kind = Completes::Nothing;
  /// Only where Kind is Values.
  std::vector<ValueDoc> Values;
  /// The value follows without a space: `-j4`.
  bool Joined = false;

  bool takesValue() const { return Kind == Completes::Values || !ValueName.empty(); }
  /// How it is typed, with its value's name, or its values where `Each`: `--rules=LIST`.
  std::string usage(bool Each = false) const;
};

struct CommandDoc {
  std::string Name;
  std::string Help;
  /// What follows the options, as in `--help`; may be empty.
  std::string Words;
  /// By name; without hidden ones, --help and --version.
  std::vector<OptionDoc> Options;
};

/// `check` first, the others by name. Reads LLVM's registry: needs Options.cpp in the program.
std::vector<CommandDoc> describeCommands();

} // namespace gfplint
