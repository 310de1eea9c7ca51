/// The rest of the Bot API that has no state of its own: the bot, its web hooks (none).
enum BotOperations {
  static func register(in routes: inout RouteTable) {
    routes.on("GET", "/me") { exchange in try Answer(UserObject.bot(at: exchange.now)) }
    routes.on("GET", "/subscriptions") { _ in
      struct Subscriptions: Encodable { var subscriptions: [String] = [] }
      return try Answer(Subscriptions())
    }
  }
}
