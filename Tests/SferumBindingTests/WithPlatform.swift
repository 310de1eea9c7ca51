import Testing

/// Tests with a host and the platform's simulator, one at a time: a press waits five seconds of real time, which a
/// machine busy with all of them at once may use up.
@Suite(.serialized, .timeLimit(.minutes(3))) enum WithPlatform {}
