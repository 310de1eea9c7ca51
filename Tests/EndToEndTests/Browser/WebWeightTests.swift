import Jansson
import Testing

/// What the page weighs.
struct WebWeightTests {
  /// Bytes, uncompressed.
  static let most = 100_000

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
