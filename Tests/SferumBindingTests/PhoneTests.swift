import SferumBindingPlugin
import PluginKit
import Testing

@Suite struct PhoneTests {
  @Test(arguments: [
    "+7 (912) 345-67-89", "+79123456789", "79123456789", "89123456789", "9123456789", "8 912 345 67 89",
    "8(912)345-67-89", "+7(912)3456789", "+7-912-345-67-89", "(912) 345-67-89", "  +7 (912) 345-67-89\t",
    "+7 (912) 345.67.89", "8 - 912 - 345 - 67 - 89", "+7 912 34 56 789",
  ])
  func `B3: the usual spellings are one number`(_ typed: String) throws {
    let phone = try #require(Phone(typed))
    #expect(phone.value == "+79123456789")
    #expect(phone.display == "+7 (912) 345-67-89")
  }

  @Test(arguments: [
    "+7 (812) 345-67-89", "+7 (800) 555-35-35", "+77012345678", "345-67-89", "+7 (9123) 45-67-89",
    "+7 912 34567", "912345678", "+7 (912) 345-67-890", "+7 (912) 345-67-8a", "+375 29 123 45 67",
    "0079123456789", "+7 (9XX) XXX-XX-XX", "", "   ", "+7", "+7 (912 345-67-89", "+7 912) 345-67-89",
    "+7 (912) 345-67-8९", "привет", "+7 (912) 345-67-89 доб. 2",
  ])
  func `B3: what is no Russian mobile number is refused`(_ typed: String) {
    #expect(Phone(typed) == nil)
  }

  @Test(arguments: ["+8 912 345 67 89", "+7 (９12) 345-67-89"])
  func `B3: what the vendor's own check lets through by mistake is refused`(_ typed: String) {
    #expect(Phone(typed) == nil)
  }

  @Test(arguments: [
    "+7\u{A0}(912)\u{A0}345-67-89", "+7 (912) 345\u{2011}67\u{2011}89", "\u{A0}+79123456789",
    "+7 (912) 345\u{2013}67\u{2013}89", "\u{FF0B}79123456789",
  ])
  func `B3: no-break spaces and hyphens are no accepted spelling`(_ typed: String) {
    #expect(Phone(typed) == nil)
  }

  @Test(arguments: ["+7.912.345.67.89", "8.912.345.67.89"])
  func `B3: a dot right after the country code is refused`(_ typed: String) {
    #expect(Phone(typed) == nil)
  }

  @Test func `the audit log sees two digits of a number`() throws {
    #expect(try #require(Phone("89123456789")).masked == "+7 (9**) ***-**-89")
  }
}
