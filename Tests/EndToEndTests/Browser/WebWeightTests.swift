import Foundation
import Jansson
import Testing

/// What the page weighs.
struct WebWeightTests {
  /// Bytes, uncompressed.
  static let most = 100_000

  /// All that one person's browser can come to load: every file of the page with one language of words. Its sources have
  /// a goal of 100,000, which is not reached; this keeps it from growing.
  static let mostOfAll = 122_000

  @Test func `I4: all files of the page with one language weigh no more than they do`() throws {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()
    let folder = "\(BuildProducts.root)/Sources/WebDesktop/Page"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "words.en.js" }
    let weights = try files.map { name in
      (name, try visitor.ask("GET", "/\(name == "index.html" ? "" : name)").body.count)
    }
    #expect(weights.allSatisfy { $0.1 > 200 } && weights.count > 30)
    let sum = weights.reduce(0) { $0 + $1.1 }
    #expect(sum < Self.mostOfAll, "\(sum): \(weights)")
  }

  @Test func `I4: the desktop appears with less than 100 KB loaded`() throws {
    let web = try HostUnderTest.onTheWeb(SchoolFolder())
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: .mouse)
    try hands.signIn(Person.administrator())
    try browser.open()
    try browser.wait("document.querySelector('#taskbar .start')", "the desktop")

    // What the desktop is drawn with; what windows are made of comes after it.
    let loaded = try browser.run(
      """
      const drawn = performance.getEntriesByName('desktop')[0].startTime;
      return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter((entry) => entry.startTime < drawn).map((entry) => [entry.name, entry.decodedBodySize]);
      """)
    let weights = (loaded.array ?? []).compactMap { $0[1]?.int }
    #expect(weights.count > 10)
    #expect(weights.reduce(0, +) < Self.most, "\(loaded.text())")
  }
}
