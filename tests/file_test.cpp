// Files are replaced as a whole or not at all: whatever fails, and whenever the writer is killed.

#define BOOST_TEST_MODULE file
#include "support.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <thread>

#include <nn/file.hpp>

#include "files.hpp"

using namespace xgrad;
using support::Folder;

namespace {

using Names = std::vector<std::string>;

// What root may do and others may not.
class Unprivileged {
 public:
  Unprivileged() : user_(::geteuid()) {
    if (user_ == 0) BOOST_REQUIRE(::seteuid(65534) == 0);
  }
  ~Unprivileged() {
    if (user_ == 0 && ::seteuid(user_) != 0) std::abort();
  }

 private:
  uid_t user_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(round_trip) {
  const Folder folder;
  const std::string path = folder.path("a");
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (const std::string& text : {std::string(), all, std::string(100'000, 'x')}) {
    nn::write_file(path, text);
    BOOST_TEST(support::content(path) == text);
    BOOST_TEST(nn::read_file(path) == text);
  }
  const std::string_view parts[] = {"one", "", "two"};
  nn::write_file(path, parts);
  BOOST_TEST(nn::read_file(path) == "onetwo");
  BOOST_TEST((folder.names() == Names{"a"}));
}

BOOST_AUTO_TEST_CASE(a_name_without_a_folder_is_in_the_current_one) {
  const Folder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  nn::write_file("here", "x");
  std::filesystem::current_path(before);
  BOOST_TEST(support::content(folder.path("here")) == "x");
}

BOOST_AUTO_TEST_CASE(existence) {
  const Folder folder;
  support::put(folder.path("a"), "");
  BOOST_TEST(nn::file_exists(folder.path("a")));
  BOOST_TEST(nn::file_exists(folder.path()));
  BOOST_TEST(!nn::file_exists(folder.path("b")));
  BOOST_TEST(!nn::file_exists(folder.path("a/b")));
  CHECK_MESSAGE(nn::file_exists(std::string(5000, 'n')),
                "cannot find " + std::string(5000, 'n') + ": File name too long");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read) {
  const Folder folder;
  CHECK_MESSAGE(nn::read_file(folder.path("none")),
                "cannot read " + folder.path("none") + ": No such file or directory");
  CHECK_MESSAGE(nn::read_file(folder.path()), "cannot read " + folder.path() + ": Is a directory");
  BOOST_REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
  CHECK_MESSAGE(nn::read_file(folder.path("pipe")),
                "cannot read " + folder.path("pipe") + ": it is not a regular file");
  CHECK_MESSAGE(nn::read_file("/dev/zero"), "cannot read /dev/zero: it is not a regular file");
#ifndef XGRAD_INSTRUMENTED  // AddressSanitizer ends the program at such a size
  // A file of a length that nothing holds: only its size is real.
  const std::string sparse = folder.path("sparse");
  support::put(sparse, "");
  if (::truncate(sparse.c_str(), off_t{1} << 43) == 0)
    CHECK_MESSAGE(nn::read_file(sparse), "cannot read " + sparse + ": its 8796093022208 bytes do not fit in memory");
#endif
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written) {
  const Folder folder;
  const std::string path = folder.path("no/such");
  CHECK_MESSAGE(nn::write_file(path, "x"),
                "cannot write " + path + ": the folder " + folder.path("no") + ": No such file or directory");
  CHECK_MESSAGE(nn::write_file(folder.path(), "x"), "cannot write " + folder.path() + ": Is a directory");
  CHECK_MESSAGE(nn::write_file("/dev/null", "x"), "cannot write /dev/null: it is not a regular file");
  std::filesystem::create_directory(folder.path("a.part"));
  CHECK_MESSAGE(nn::write_file(folder.path("a"), "x"), "cannot write " + folder.path("a") + ": Is a directory");
  BOOST_TEST((folder.names() == Names{"a.part"}));
}

BOOST_AUTO_TEST_CASE(no_room_leaves_the_old_file) {
  const Folder folder;
  const std::string path = folder.path("a");
  nn::write_file(path, "old");
  {
    const support::Room room(1000);
    CHECK_MESSAGE(nn::write_file(path, std::string(100'000, 'x')), "cannot write " + path + ": File too large");
  }
  BOOST_TEST(support::content(path) == "old");
  BOOST_TEST((folder.names() == Names{"a"}));
}

BOOST_AUTO_TEST_CASE(no_permission_leaves_the_old_file) {
  const Folder folder;
  const std::string path = folder.path("a");
  nn::write_file(path, "old");
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  {
    const Unprivileged user;
    CHECK_MESSAGE(nn::write_file(path, "new"), "cannot write " + path + ": Permission denied");
  }
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  BOOST_TEST(support::content(path) == "old");
  BOOST_TEST((folder.names() == Names{"a"}));
}

BOOST_AUTO_TEST_CASE(links_are_followed_and_permissions_kept) {
  const Folder folder;
  support::put(folder.path("real"), "old");
  std::filesystem::permissions(folder.path("real"), std::filesystem::perms(0640));
  std::filesystem::create_symlink("real", folder.path("link"));
  nn::write_file(folder.path("link"), "new");
  BOOST_TEST(std::filesystem::is_symlink(folder.path("link")));
  BOOST_TEST(support::content(folder.path("real")) == "new");
  BOOST_TEST((std::filesystem::status(folder.path("real")).permissions() == std::filesystem::perms(0640)));
  std::filesystem::create_symlink("nothing", folder.path("broken"));
  CHECK_MESSAGE(nn::write_file(folder.path("broken"), "x"),
                "cannot write " + folder.path("broken") + ": No such file or directory");
  BOOST_TEST((folder.names() == Names{"broken", "link", "real"}));
}

BOOST_AUTO_TEST_CASE(what_a_killed_run_left_is_taken_over) {
  const Folder folder;
  const std::string path = folder.path("a");
  support::put(path + ".part", "half of someth");
  nn::write_file(path, "new");
  BOOST_TEST(support::content(path) == "new");
  BOOST_TEST((folder.names() == Names{"a"}));
}

BOOST_AUTO_TEST_CASE(a_part_that_leads_elsewhere_is_not_written) {
  const Folder folder;
  const std::string path = folder.path("a");
  support::put(folder.path("precious"), "precious");
  std::filesystem::create_symlink("precious", path + ".part");
  CHECK_MESSAGE(nn::write_file(path, "x"), "cannot write " + path + ": Too many levels of symbolic links");
  std::filesystem::remove(path + ".part");
  std::filesystem::create_hard_link(folder.path("precious"), path + ".part");
  CHECK_MESSAGE(nn::write_file(path, "x"), "cannot write " + path + ": " + path + ".part is in the way; remove it");
  BOOST_TEST(support::content(folder.path("precious")) == "precious");
}

// Two threads, each with a content of its own: whenever the file is read, it is one of the two.
BOOST_AUTO_TEST_CASE(writers_take_turns) {
  const Folder folder;
  const std::string path = folder.path("a"), a(50'000, 'a'), b(70'000, 'b');
  nn::write_file(path, a);
  std::atomic<int> errors{0}, running{2};
  const auto writer = [&](const std::string& text) {
    try {
      for (int i = 0; i < 50; ++i) nn::write_file(path, text);
    } catch (const Error&) {
      ++errors;
    }
    --running;
  };
  std::thread first(writer, std::cref(a)), second(writer, std::cref(b));
  int strange = 0;
  while (running > 0) {
    const std::string found = support::content(path);
    strange += found != a && found != b;
  }
  first.join();
  second.join();
  BOOST_TEST(errors == 0);
  BOOST_TEST(strange == 0);
  BOOST_TEST((folder.names() == Names{"a"}));
}

// A writer waits for the lock of another one, and then does not disturb the file that the other has put in place.
BOOST_AUTO_TEST_CASE(a_waiting_writer_leaves_the_renamed_file_alone) {
  const Folder folder;
  const std::string path = folder.path("a");
  const int other = ::open((path + ".part").c_str(), O_WRONLY | O_CREAT, 0666);
  BOOST_REQUIRE(::flock(other, LOCK_EX) == 0);
  std::thread waiting([&] { nn::write_file(path, "second"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // it may be at the lock by now: either way must do
  BOOST_TEST(!nn::file_exists(path));
  BOOST_REQUIRE(::write(other, "first", 5) == 5);
  const std::string kept = folder.path("kept");
  std::filesystem::rename(path + ".part", path);
  std::filesystem::create_hard_link(path, kept);
  ::close(other);
  waiting.join();
  BOOST_TEST(support::content(path) == "second");
  BOOST_TEST(support::content(kept) == "first");
}

// A child writes without end and is killed at random moments: what stands there is always one whole content, counting
// upwards, and no more than one `.part` remains.
BOOST_AUTO_TEST_CASE(killed_at_any_moment) {
  const Folder folder;
  const std::string path = folder.path("a");
  const auto text = [](int i) {
    return std::to_string(i) + " " + std::string(20'000 + static_cast<std::size_t>(i % 7) * 1000, 'x') + " end";
  };
  Rng rng(3);
  int reached = 0, parts = 0;
  nn::write_file(path, text(0));
  for (int kill = 0; kill < 50; ++kill) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      try {
        for (int i = reached + 1;; ++i) nn::write_file(path, text(i));
      } catch (...) {}
      ::_exit(1);
    }
    ::usleep(static_cast<useconds_t>(rng.below(8000)));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    const std::string found = support::content(path);
    const int now = std::stoi(found);
    BOOST_TEST((found == text(now) && now >= reached));
    reached = now;
    const Names names = folder.names();
    BOOST_TEST((names == Names{"a"} || names == Names{"a", "a.part"}));
    parts += names.size() == 2;
  }
  BOOST_TEST_MESSAGE("writes " << reached << ", killed amid one " << parts << " times");
  BOOST_TEST(reached > 0);
  nn::write_file(path, "last");
  BOOST_TEST((folder.names() == Names{"a"}));
}
