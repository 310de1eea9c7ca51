import Testing

/// Tests with a host and the platform's simulator, one at a time: each waits real time for the platform's limits and
/// long polls.
@Suite(.serialized, .timeLimit(.minutes(5))) enum WithPlatform {}
