import Jansson
import ShellProtocol

extension Conversation {
  /// The handler has really ended.
  ///
  /// Its place in the order is free now, also if the client was answered long ago.
  func end(_ request: Request, _ outcome: Outcome) {
    guard request.stage == .running else { return }
    request.stage = .ended
    request.repeats = nil
    var repetitions: (waiting: [Request], member: [UInt8]) = ([], [])
    if let scope = request.firstOf {
      repetitions = dispatcher.idempotency.leave(scope, outcome, locale)
      request.firstOf = nil
    }
    if request.isAnswered {
      dispatcher.metrics.count(.droppedResults)
    } else {
      answer(request, outcome)
    }
    running -= 1
    release(request)
    request.forgetCancelActions()
    for repetition in repetitions.waiting {
      repetition.conversation.end(repetition, .replay(repetitions.member))
    }
    finished(request)
    pump()
  }

  /// Gives a call's place in the order free before its end.
  func settle(_ request: Request) {
    guard request.stage == .running else { return }
    release(request)
    pump()
  }

  private func release(_ request: Request) {
    guard request.holdsPlace else { return }
    request.holdsPlace = false
    order.release(request.hold)
  }

  private func finished(_ request: Request) {
    guard request.delaysEnd else { return }
    request.delaysEnd = false
    finishedOne()
  }

  /// Makes a `shutdown`, which waits for the others, one that nobody waits for.
  func excludeFromEnd(_ request: Request) { finished(request) }
}

// MARK: - Answers

extension Conversation {
  private func answer(_ request: Request, _ outcome: Outcome) {
    request.isAnswered = true
    request.alarm?.cancel()
    request.alarm = nil
    dispatcher.metrics.record(request.entry.index, startedNs: request.arrivedNs, failed: outcome.isFailure)
    guard let id = request.id else { return }
    if let batch = request.batch {
      var text: [UInt8] = []
      write(request, id, outcome, into: &text)
      batch.fill(request.batchPlace, text)
      sendIfDone(batch)
    } else {
      if request.isRegistered { inFlight[id] = nil }
      send { write(request, id, outcome, into: &$0) }
    }
  }

  /// Every request gets an answer, also when the one it should get cannot be written.
  private func write(_ request: Request, _ id: RequestID, _ outcome: Outcome, into output: inout [UInt8]) {
    if AnswerText.answer(id, outcome, locale, into: &output) { return }
    let error = request.defect("the result cannot be written as JSON")
    AnswerText.answer(id, .failure(error), locale, into: &output)
  }

  /// Answers what never became a call.
  func answer(_ fault: EnvelopeFault, _ batch: BatchAnswer? = nil) {
    dispatcher.metrics.count(.invalidMessages)
    if let batch {
      let place = batch.reserve(nil)
      var text: [UInt8] = []
      AnswerText.answer(fault.id, .failure(fault.error), locale, into: &text)
      batch.fill(place, text)
      sendIfDone(batch)
    } else {
      send { _ = AnswerText.answer(fault.id, .failure(fault.error), locale, into: &$0) }
    }
  }

  func sendIfDone(_ batch: BatchAnswer) {
    guard batch.isDone else { return }
    for id in batch.ids { inFlight[id] = nil }
    guard !batch.isEmpty else { return }
    send { batch.write(into: &$0) }
  }
}

// MARK: - Giving up

extension Conversation {
  /// `$/cancelRequest`. An id that is not in flight means nothing: its answer has crossed the question.
  func cancel(_ id: RequestID) {
    guard let request = inFlight[id], !request.isAnswered else { return }
    dispatcher.metrics.count(.cancellations)
    giveUp(request, .cancelled(.client), .client)
  }

  /// The deadline of a call has passed.
  func expire(_ request: Request) {
    guard !request.isAnswered, request.stage != .ended, let ms = request.meta.deadlineMs else { return }
    dispatcher.metrics.count(.timeouts)
    giveUp(request, .timedOut(ms), .deadline)
  }

  /// Answers at once. What is queued never runs; what runs is told, and keeps its place until it really ends.
  private func giveUp(_ request: Request, _ error: WireError, _ reason: CancelReason) {
    switch request.stage {
    case .arrived, .ended: return
    case .queued:
      queue.removeAll { $0 === request }
      request.stage = .ended
      answer(request, .failure(error))
      request.cancelled(reason)
      finished(request)
      pump()
    case .running:
      answer(request, .failure(error))
      request.cancelled(reason)
      endWaiting(request, error)
    }
  }

  /// One that only waits for another's answer has nothing to end.
  private func endWaiting(_ request: Request, _ error: WireError) {
    guard let scope = request.repeats else { return }
    dispatcher.idempotency.forget(request, scope)
    end(request, .failure(error))
  }

  /// Gives up everything at the end of the connection.
  func abandonAll() {
    let queued = queue
    queue = []
    for request in queued {
      request.stage = .ended
      answer(request, .failure(.cancelled(.disconnect)))
      finished(request)
    }
    for request in Array(inFlight.values) where request.stage == .running && !request.isAnswered {
      giveUp(request, .cancelled(.disconnect), .disconnect)
    }
  }
}
