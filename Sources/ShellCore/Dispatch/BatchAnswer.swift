import ShellProtocol

/// The answers to one batch, kept back until the last of them is there.
final class BatchAnswer {
  /// One text for each entry that is owed an answer, in the order of the entries.
  private var texts: [[UInt8]] = []
  /// Ids of the batch, in flight until the array is written.
  private(set) var ids: [RequestID] = []
  private var owed = 0
  private var isComplete = false

  /// Takes a place in the array for an entry that will be answered.
  func reserve(_ id: RequestID?) -> Int {
    texts.append([])
    owed += 1
    if let id { ids.append(id) }
    return texts.count - 1
  }

  func fill(_ place: Int, _ text: [UInt8]) {
    texts[place] = text
    owed -= 1
  }

  /// Says that the last entry has been taken in.
  func completed() { isComplete = true }

  var isDone: Bool { isComplete && owed == 0 }
  var isEmpty: Bool { texts.isEmpty }

  func write(into output: inout [UInt8]) {
    output.append(UInt8(ascii: "["))
    for (index, text) in texts.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      output.append(contentsOf: text)
    }
    output.append(UInt8(ascii: "]"))
  }
}
