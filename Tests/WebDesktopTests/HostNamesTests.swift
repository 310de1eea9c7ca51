import Testing

@testable import WebDesktop

struct HostNamesTests {
  @Test(
    arguments: [
      ("localhost", "localhost", nil), ("LocalHost:80", "localhost", 80), ("[::1]", "[::1]", nil),
      ("[::1]:8080", "[::1]", 8080), ("a-b.c_d.example:1", "a-b.c_d.example", 1),
    ] as [(String, String, Int?)])
  func `an authority is a name and perhaps a port`(text: String, name: String, port: Int?) throws {
    let authority = try #require(Authority(text))

    #expect(authority.name == name)
    #expect(authority.port == port)
  }

  @Test(arguments: [
    "", ":80", "a:", "a:b", "a:65536", "a:+1", "[::1", "[x]:1", "[]", "a b", "a/b", "a@b", "ä", "a:1:2", "::1",
  ])
  func `everything else is none`(text: String) { #expect(Authority(text) == nil) }

  @Test func `loopback and the given names are this host, wildcards are no names`() {
    let names = HostNames(listeningAt: "0.0.0.0", names: ["Desk.Example", "fe80::1"])

    for name in ["localhost", "127.0.0.1:1", "127.9.9.9", "[::1]:5", "desk.example:9", "[fe80::1]"] {
      #expect(names.allows(name), "\(name)")
    }
    for name in ["0.0.0.0", "0.0.0.0:80", "127.0.0.1.evil", "127.0.0.256", "127.1", "desk.example.evil", "x", ""] {
      #expect(!names.allows(name), "\(name)")
    }
    #expect(HostNames(listeningAt: "192.168.7.1").allows("192.168.7.1:80"))
  }

  @Test func `an origin is the same when scheme and port mean the same place`() {
    #expect(HostNames.isSameOrigin("http://a:80", host: "a"))
    #expect(HostNames.isSameOrigin("https://a", host: "a:443"))
    #expect(HostNames.isSameOrigin("http://A:8080", host: "a:8080"))
    #expect(!HostNames.isSameOrigin("http://a", host: "a:8080"))
    #expect(!HostNames.isSameOrigin("https://a", host: "a:80"))
    #expect(!HostNames.isSameOrigin("http://a/", host: "a"))
    #expect(!HostNames.isSameOrigin("ftp://a", host: "a"))
    #expect(!HostNames.isSameOrigin("null", host: "null"))
  }
}
