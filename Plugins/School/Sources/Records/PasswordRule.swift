import PluginKit

/// Which passwords are accepted, and passwords made up by the host.
enum PasswordRule {
  static func check(_ password: String) throws(PluginError) {
    guard !password.isEmpty else {
      throw .invalid("password", Text("Пароль не может быть пустым", en: "The password must not be empty"))
    }
    guard password.utf8.count <= PasswordHash.mostPasswordBytes else {
      throw .invalid(
        "password",
        Text(
          "Пароль длиннее \(PasswordHash.mostPasswordBytes) байт",
          en: "The password is longer than \(PasswordHash.mostPasswordBytes) bytes"))
    }
  }

  /// Sixteen letters and digits that nobody confuses, 80 bits.
  static func random() -> String {
    let letters = Array("abcdefghjkmnpqrstuvwxyz23456789-".utf8)
    var random = SystemRandomNumberGenerator()
    // 32 letters, so that every one is equally likely.
    return String(decoding: (0..<16).map { _ in letters[Int(random.next() & 31)] }, as: UTF8.self)
  }
}
