import Jansson
import Testing

/// A million rows in a browser: only what shows is fetched and drawn.
struct WebTableTests {
  @Test func `I4: a table of 1,000,000 rows scrolls, jumps and is sorted by pages`() throws {
    let folder = try SchoolFolder()
    let web = try HostUnderTest.onTheWeb(folder, StrangePlugin.options(in: folder, rows: 1_000_000))
    // Its first opening makes the million rows.
    try web.host.client(signedInAs: Person.administrator())
      .call("registry/query", ["registry": "zorbs", "limit": 1], within: 180)
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: .mouse)
    try hands.signIn(Person.with("employee"))
    try hands.openShortcut("Все зорбы")
    try hands.expectRow("z0000001")
    #expect(try hands.strings(".window.active .count") == ["Записей: 1\u{A0}000\u{A0}000"])
    #expect(try browser.run("return document.querySelector('.window.active .grid').ariaRowCount").string == "1000001")

    // Thirty thousand rows by the wheel of a mouse: no gap, few elements.
    try browser.run(
      """
      window.asked = 0;
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (text) { if (text.includes('table/query')) window.asked += 1; return send.call(this, text); };
      """)
    for _ in 0..<10 {
      try browser.run(
        "document.querySelector('.window.active .grid').dispatchEvent(new WheelEvent('wheel', {deltaY: 3400, bubbles: true, cancelable: true}))"
      )
      try browser.wait("!document.querySelector('.window.active .coming')", "the rows")
    }
    try hands.expectRow("z0001001")
    #expect(try browser.run("return window.asked").int ?? 99 <= 6)
    #expect(try browser.run("return document.querySelectorAll('.window.active .rows .row').length").int ?? 999 < 60)

    // Far down by keys, which walks there once, then back at once.
    try browser.run("document.querySelector('.window.active .grid').focus()")
    try browser.keys([Browser.Key.control.rawValue, Browser.Key.home.rawValue])
    try hands.expectRow("z0000001")
    for _ in 0..<40 { try browser.keys(["\u{E00F}"]) }
    try browser.wait("!document.querySelector('.window.active .coming')", "the rows")

    // Sorted by a heading, the end is as near as the beginning.
    try hands.press(heading: "Размер")
    try browser.wait("document.querySelector('[aria-sort=ascending]')", "the sorting")
    try browser.run("document.querySelector('.window.active .grid').focus(); window.asked = 0")
    try browser.keys([Browser.Key.control.rawValue, Browser.Key.end.rawValue])
    try browser.wait(
      "[...document.querySelectorAll('.window.active .rows .row')].at(-1)?.ariaRowIndex === '1000001' && !document.querySelector('.window.active .coming')",
      "the last row")
    #expect(try browser.run("return window.asked").int ?? 99 <= 3)
    let sizes = try hands.rows().compactMap { row in row.dropFirst(3).first.map { $0.filter(\.isNumber) } }.compactMap {
      Int($0)
    }
    #expect(sizes.count > 5 && sizes == sizes.sorted(), "\(sizes)")
    try browser.expectQuiet()
  }
}
