import CryptoExtras

/// A password's hash as text: `scrypt$N$r$p$salt$hash`, salt and hash in hexadecimal.
///
/// The parameters stand in the text, so that they can grow: hashes made before keep their own.
struct PasswordHash: Equatable, Sendable {
  /// The cost: memory is 128 · r · N bytes.
  let rounds: Int
  let blockSize: Int
  let parallelism: Int
  let salt: [UInt8]
  let hash: [UInt8]

  // RFC 7914's parameters for interactive sign-in: 16 MiB and some 40 ms on one core.
  private static let rounds = 16_384
  private static let blockSize = 8
  private static let parallelism = 1
  private static let hashBytes = 32
  // Nothing that was written into the table by mistake makes a sign-in eat the machine.
  private static let mostMemoryBytes = 64 << 20
  /// Longest password, in bytes of UTF-8.
  static let mostPasswordBytes = 512

  /// What an unknown login is verified against, so that it takes as long as a known one.
  static let ofNobody = PasswordHash(
    rounds: rounds, blockSize: blockSize, parallelism: parallelism, salt: Array(repeating: 0x5A, count: 16),
    hash: Array(repeating: 0, count: hashBytes))

  init(rounds: Int, blockSize: Int, parallelism: Int, salt: [UInt8], hash: [UInt8]) {
    self.rounds = rounds
    self.blockSize = blockSize
    self.parallelism = parallelism
    self.salt = salt
    self.hash = hash
  }

  /// Hashes a password with a fresh salt.
  init(of password: String) throws {
    var random = SystemRandomNumberGenerator()
    let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let hash = try PasswordHash.derive(
      password, salt: salt, rounds: PasswordHash.rounds, blockSize: PasswordHash.blockSize,
      parallelism: PasswordHash.parallelism, count: PasswordHash.hashBytes)
    self.init(
      rounds: PasswordHash.rounds, blockSize: PasswordHash.blockSize, parallelism: PasswordHash.parallelism,
      salt: salt, hash: hash)
  }

  /// Reads the text; nil when it is none, or asks for more memory than a sign-in may take.
  init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
      let parallelism = Int(parts[3]), let salt = Hexadecimal.bytes(parts[4]), let hash = Hexadecimal.bytes(parts[5]),
      (2...1 << 20).contains(rounds), rounds & (rounds - 1) == 0, (1...64).contains(blockSize),
      (1...16).contains(parallelism), 128 * blockSize * rounds <= PasswordHash.mostMemoryBytes, hash.count >= 16
    else { return nil }
    self.init(rounds: rounds, blockSize: blockSize, parallelism: parallelism, salt: salt, hash: hash)
  }

  var text: String {
    "scrypt$\(rounds)$\(blockSize)$\(parallelism)$\(Hexadecimal.text(salt))$\(Hexadecimal.text(hash))"
  }

  /// Whether the password is the one that was hashed. Takes as long for a wrong one.
  func matches(_ password: String) -> Bool {
    // A longer one was never accepted; hashing it would only take time.
    guard password.utf8.count <= PasswordHash.mostPasswordBytes,
      // try?: parameters that scrypt refuses match no password.
      let derived = try? PasswordHash.derive(
        password, salt: salt, rounds: rounds, blockSize: blockSize, parallelism: parallelism, count: hash.count)
    else { return false }
    // Looks at every byte, so the time tells nothing about where the first difference is.
    return zip(derived, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func derive(
    _ password: String, salt: [UInt8], rounds: Int, blockSize: Int, parallelism: Int, count: Int
  ) throws -> [UInt8] {
    let key = try KDF.Scrypt.deriveKey(
      from: Array(password.utf8), salt: salt, outputByteCount: count, rounds: rounds, blockSize: blockSize,
      parallelism: parallelism, maxMemory: mostMemoryBytes + (1 << 20))
    return unsafe key.withUnsafeBytes { unsafe Array($0) }
  }
}

/// Bytes as text of `0`–`9` and `a`–`f`, two a byte.
enum Hexadecimal {
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  static func bytes(_ text: Substring) -> [UInt8]? {
    let values = text.utf8.map { byte -> UInt8? in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
      default: nil
      }
    }
    guard values.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: values.count, by: 2) {
      guard let high = values[index], let low = values[index + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static let digits = Array("0123456789abcdef".utf8)
}
