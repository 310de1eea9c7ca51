import Glibc

/// The system calls behind a listening Unix socket, and who connects to it. Pointers to C structures stay in here.
enum UnixSocket {
  /// A socket bound to `path` and listening; only its owner, and the group when there is one, can connect from the
  /// first moment. A socket that nobody answers on is taken over.
  static func listen(path: String, group: UInt32?) throws(TransportError) -> CInt {
    try clear(path)
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let descriptor = socket(AF_UNIX, CInt(kind), 0)
    guard descriptor >= 0 else { throw failure("socket", path) }
    do throws(TransportError) {
      // The mask is the process's, but nothing else runs yet when a host starts to listen.
      let mask = umask(0o177)
      let bound = unsafe try withAddress(path) { unsafe bind(descriptor, $0, $1) }
      umask(mask)
      guard bound == 0 else { throw failure("bind", path) }
      // 1. The group, 2. its right to write, 3. listen: before the third nobody can connect.
      if let group {
        guard unsafe chown(path, uid_t.max, group) == 0 else { throw failure("chown", path) }
        guard unsafe chmod(path, 0o660) == 0 else { throw failure("chmod", path) }
      }
      guard Glibc.listen(descriptor, 1024) == 0 else { throw failure("listen", path) }
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// Makes room for a socket at `path`.
  private static func clear(_ path: String) throws(TransportError) {
    guard let there = identity(path) else { return }
    guard there.isSocket else { throw .notASocket(path: path) }
    let probe = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard probe >= 0 else { throw failure("socket", path) }
    defer { close(probe) }
    if unsafe try withAddress(path, { unsafe connect(probe, $0, $1) }) == 0 { throw .inUse(path: path) }
    guard errno == ECONNREFUSED else { throw failure("connect", path) }
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("unlink", path) }
  }

  /// What is at a path, so that a socket is removed only by who made it.
  struct Identity: Equatable {
    let device: UInt
    let inode: UInt
    let isSocket: Bool
  }

  static func identity(_ path: String) -> Identity? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return Identity(
      device: UInt(status.st_dev), inode: UInt(status.st_ino), isSocket: status.st_mode & S_IFMT == S_IFSOCK)
  }

  static func remove(_ path: String, if identity: Identity?) {
    if let identity, self.identity(path) == identity { unsafe _ = unlink(path) }
  }

  /// The group's number, by name or digits.
  static func groupID(_ name: String) throws(TransportError) -> UInt32 {
    if let number = UInt32(name) { return number }
    guard let entry = unsafe getgrnam(name) else { throw .noSuchGroup(name) }
    return unsafe entry.pointee.gr_gid
  }

  /// Who connected, as the kernel remembers it; nil when it does not say.
  static func peer(_ descriptor: CInt) -> Peer? {
    // struct ucred {pid, uid, gid}, which glibc's headers do not give to Swift.
    var credentials: [UInt32] = [0, 0, 0]
    var length = socklen_t(12)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
    return .unix(uid: credentials[1], gid: credentials[2], pid: Int32(bitPattern: credentials[0]))
  }

  /// Whether the process that connected has the group among its supplementary ones.
  static func peer(_ descriptor: CInt, hasGroup group: UInt32) -> Bool {
    var groups = [gid_t](repeating: 0, count: 1024)
    var length = socklen_t(groups.count * MemoryLayout<gid_t>.stride)
    // 59 is SO_PEERGROUPS, which glibc's headers do not give to Swift.
    guard unsafe getsockopt(descriptor, SOL_SOCKET, 59, &groups, &length) == 0 else { return false }
    return groups.prefix(Int(length) / MemoryLayout<gid_t>.stride).contains(group)
  }

  private static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
  ) throws(TransportError) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path) - 1
    guard path.utf8.count <= room else { throw .pathTooLong(path, limit: room) }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

/// The failure of the system call that was made last.
func failure(_ call: String, _ path: String) -> TransportError {
  .system(call: call, path: path, reason: unsafe String(cString: strerror(errno)))
}
