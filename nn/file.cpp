#include <nn/file.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include <autograd/error.hpp>

namespace xgrad::nn {
namespace {

[[noreturn]] void fail(const std::string& verb, const std::string& path, int why) {
  throw IoError("cannot " + verb + " " + path + ": " + std::strerror(why));
}

// A system call again for as long as signals interrupt it.
template <class F>
auto uninterrupted(F call) {
  decltype(call()) result;
  do result = call();
  while (result == -1 && errno == EINTR);
  return result;
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : number_(uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); })) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  explicit operator bool() const { return number_ >= 0; }
  operator int() const { return number_; }

 private:
  int number_;
};

// The largest piece handed to the system at once: some refuse 2 GB and more.
constexpr std::size_t piece = std::size_t{1} << 30;

// 0 or errno.
int write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto done = uninterrupted([&] { return ::write(file, bytes.data(), std::min(bytes.size(), piece)); });
    if (done < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return 0;
}

// Where a symbolic link leads; any other path is itself.
std::string followed(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  const std::unique_ptr<char, decltype(&std::free)> target(::realpath(path.c_str(), nullptr), &std::free);
  if (!target) fail("write", path, errno);
  return target.get();
}

std::string folder_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// Waits until no other writer holds the file. Where a file system knows no locks, writers are not kept apart.
void lock([[maybe_unused]] int file) {
#ifndef __EMSCRIPTEN__
  uninterrupted([&] { return ::flock(file, LOCK_EX); });
#endif
}

// The `.part` beside a path, locked and empty. A lock and not a new name each time, so that killed runs leave one file
// at most; a lock and not O_EXCL, so that one left behind does not stand in the way.
class Part {
 public:
  /// Errors call the target `path`, as the user did.
  Part(const std::string& target, const std::string& path) : path_(path), target_(target), name_(target + ".part") {
    do {
      file_ = std::make_unique<Descriptor>(name_, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
      if (!*file_) fail("write", path_, errno);
      lock(*file_);
    } while (!ours());  // another writer has renamed it while we waited: it is the good file by now
    if (::ftruncate(*file_, 0) != 0) give_up(errno);
  }
  int file() const { return *file_; }

  [[noreturn]] void give_up(int why) {
    ::unlink(name_.c_str());
    fail("write", path_, why);
  }
  void become_the_target() {
    if (::rename(name_.c_str(), target_.c_str()) != 0) give_up(errno);
  }

 private:
  // Whether the name still leads to the file that we hold, and no other name does.
  bool ours() const {
    struct stat held {
    }, named{};
    if (::fstat(*file_, &held) != 0) fail("write", path_, errno);
    if (::lstat(name_.c_str(), &named) != 0) {
      if (errno == ENOENT) return false;
      fail("write", path_, errno);
    }
    if (held.st_ino != named.st_ino || held.st_dev != named.st_dev) return false;
    if (!S_ISREG(held.st_mode) || held.st_nlink != 1)
      throw IoError("cannot write " + path_ + ": " + name_ + " is in the way; remove it");
    return true;
  }

  std::string path_, target_, name_;
  std::unique_ptr<Descriptor> file_;
};

}  // namespace

void detail::fail_too_large(const std::string& path, std::size_t most) {
  throw IoError("cannot read " + path + ": it has more than " + std::to_string(most >> 20) + " MB; take a part of it");
}

std::string read_file(const std::string& path, std::size_t most) {
  const Descriptor file(path, O_RDONLY | O_NONBLOCK);  // opening a pipe must not wait for its writer
  struct stat info {};
  if (!file || ::fstat(file, &info) != 0) fail("read", path, errno);
  if (S_ISDIR(info.st_mode)) fail("read", path, EISDIR);
  if (!S_ISREG(info.st_mode)) throw IoError("cannot read " + path + ": it is not a regular file");
  if (static_cast<std::uintmax_t>(info.st_size) > most) detail::fail_too_large(path, most);
  std::string content;
  try {
    content.resize(static_cast<std::size_t>(info.st_size));
  } catch (const std::exception&) {
    throw IoError("cannot read " + path + ": its " + std::to_string(info.st_size) + " bytes do not fit in memory");
  }
  std::size_t at = 0;
  while (at < content.size()) {
    const auto done =
        uninterrupted([&] { return ::read(file, content.data() + at, std::min(content.size() - at, piece)); });
    if (done < 0) fail("read", path, errno);
    if (done == 0) throw IoError("cannot read " + path + ": it became shorter while it was read");
    at += static_cast<std::size_t>(done);
  }
  return content;
}

bool file_exists(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return true;
  if (errno != ENOENT && errno != ENOTDIR) fail("find", path, errno);
  return false;
}

void write_file(const std::string& path, std::span<const std::string_view> parts) {
  const std::string target = followed(path);
  struct stat old {};
  const bool replaces = ::stat(target.c_str(), &old) == 0;
  if (replaces && S_ISDIR(old.st_mode)) fail("write", path, EISDIR);
  if (replaces && !S_ISREG(old.st_mode)) throw IoError("cannot write " + path + ": it is not a regular file");
  const std::string folder = folder_of(target);
  const Descriptor directory(folder, O_RDONLY | O_DIRECTORY);
  if (!directory) throw IoError("cannot write " + path + ": the folder " + folder + ": " + std::strerror(errno));

  Part part(target, path);
  if (replaces && ::fchmod(part.file(), old.st_mode & 07777) != 0) part.give_up(errno);
  for (const std::string_view bytes : parts)
    if (const int why = write_all(part.file(), bytes)) part.give_up(why);
  if (uninterrupted([&] { return ::fsync(part.file()); }) != 0) part.give_up(errno);
  part.become_the_target();
  // From here on the new file stands. Some file systems cannot sync a folder, and say EINVAL.
  if (uninterrupted([&] { return ::fsync(directory); }) != 0 && errno != EINVAL)
    throw IoError(path + " is written, but not surely kept through a power cut: " + std::strerror(errno));
}

void write_file(const std::string& path, std::string_view content) { write_file(path, std::span(&content, 1)); }

}  // namespace xgrad::nn
