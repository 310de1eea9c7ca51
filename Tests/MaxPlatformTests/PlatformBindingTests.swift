import MaxPlatformPlugin
import PluginKit
import Testing

@Suite struct PlatformBindingTests {
  private func answer(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

  @Test func `a pending binding names the person and the dialog`() throws {
    let binding = try PlatformBinding(
      try answer(
        """
        {"binding_id":"b-1","external_user_id":"A1","phone":"79123456789","status":"pending","user_id":2,
         "chat_id":10,"created_at":1775026671403,"updated_at":1775026671403,"expires_at":1775113071403,"later":[1]}
        """))
    #expect(binding.id == "b-1")
    #expect(binding.status == .pending)
    #expect(binding.memberID == 2)
    #expect(binding.chatID == 10)
    #expect(binding.createdAtMs == 1_775_026_671_403)
  }

  @Test(arguments: [
    ("linked", PlatformBinding.Status.linked), ("declined", .declined), ("expired", .expired),
    ("not_found", .notFound),
  ])
  func `each status is known`(_ word: String, _ status: PlatformBinding.Status) throws {
    let binding = try PlatformBinding(["binding_id": "b", "status": JSONValue(word)])
    #expect(binding.status == status)
    #expect(binding.memberID == nil)
  }

  @Test func `a reason comes along`() throws {
    let binding = try PlatformBinding(["binding_id": "b", "status": "declined", "reason": "phone.taken"])
    #expect(binding.reason == "phone.taken")
  }

  @Test(
    arguments: [
      ["status": "pending"], ["binding_id": "b"], ["binding_id": "b", "status": "frozen"],
      ["binding_id": 7, "status": "pending"],
    ] as [JSONValue])
  func `what lacks an id or a known status is asked for again`(_ json: JSONValue) {
    #expect(throws: PlatformFailure.broken(status: 200, retryAfterMs: nil)) { try PlatformBinding(json) }
  }
}
