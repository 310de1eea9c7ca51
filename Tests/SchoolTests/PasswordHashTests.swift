import Testing

@testable import SchoolPlugin

@Test func `a password matches its hash and no other does`() throws {
  let hash = try PasswordHash(of: "тайна ё 1")
  #expect(hash.matches("тайна ё 1"))
  #expect(!hash.matches("тайна е 1"))
  #expect(!hash.matches(""))

  let read = try #require(PasswordHash(hash.text))
  #expect(read == hash)
  #expect(read.matches("тайна ё 1"))
  #expect(try PasswordHash(of: "тайна ё 1").text != hash.text)
}

@Test func `a hash of RFC 7914 is understood`() throws {
  // The third test vector: password "pleaseletmein", salt "SodiumChloride", N 16384, r 8, p 1, its first 32 bytes.
  let salt = Hexadecimal.text(Array("SodiumChloride".utf8))
  let key = "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
  let hash = try #require(PasswordHash("scrypt$16384$8$1$\(salt)$\(key)"))
  #expect(hash.matches("pleaseletmein"))
}

@Test(arguments: [
  "", "scrypt", "scrypt$16384$8$1$$", "bcrypt$16384$8$1$00$00112233445566778899aabbccddeeff",
  "scrypt$16383$8$1$00$00112233445566778899aabbccddeeff", "scrypt$1048576$64$1$00$00112233445566778899aabbccddeeff",
  "scrypt$16384$8$1$0g$00112233445566778899aabbccddeeff", "scrypt$-16384$8$1$00$00112233445566778899aabbccddeeff",
])
func `what is no hash matches nothing`(text: String) { #expect(PasswordHash(text) == nil) }
