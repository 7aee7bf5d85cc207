// Open-file-description locks on two bytes: 0 is for opening, 1 for use.
#include "store/FolderLock.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace gfplint {
namespace {

constexpr long Opening = 0;
constexpr long Using = 1;
constexpr int PollMilliseconds = 10;

} // namespace

FolderLock::FolderLock(const std::string &Folder)
    : Fd(open((Folder + "/store.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {}

FolderLock::~FolderLock() {
  if (Fd >= 0)
    close(Fd);
}

FolderLock &FolderLock::operator=(FolderLock &&Other) noexcept {
  std::swap(Fd, Other.Fd);
  return *this;
}

bool FolderLock::lock(short Kind, long Byte, int Milliseconds) {
  if (Fd < 0)
    return true;
  struct flock Range{};
  Range.l_type = Kind;
  Range.l_whence = SEEK_SET;
  Range.l_start = Byte;
  Range.l_len = 1;
  for (int Waited = 0;; Waited += PollMilliseconds) {
    if (fcntl(Fd, F_OFD_SETLK, &Range) == 0)
      return true;
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
      // No locks on this file system.
      close(Fd);
      Fd = -1;
      return true;
    }
    if (Waited >= Milliseconds)
      return false;
    usleep(PollMilliseconds * 1000);
  }
}

bool FolderLock::beginOpening() { return lock(F_WRLCK, Opening, 60000); }
void FolderLock::endOpening() { lock(F_UNLCK, Opening, 0); }
bool FolderLock::use() { return lock(F_RDLCK, Using, 60000); }
bool FolderLock::alone() { return Fd >= 0 && lock(F_WRLCK, Using, 0) && Fd >= 0; }
void FolderLock::shareAgain() { lock(F_RDLCK, Using, 0); }

} // namespace gfplint
