/// Times of day as people and scripts write them: `08:30`.
enum TimeOfDay {
  static func isOne(_ text: String) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard text.utf8.count == 5, parts.count == 2, let hour = UInt8(parts[0]), let minute = UInt8(parts[1]) else {
      return false
    }
    return hour < 24 && minute < 60
  }
}
