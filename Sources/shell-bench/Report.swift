import Glibc
import Jansson

/// The figures of one metric over all rounds.
struct Finding {
  let axis: String
  let metric: Metric
  let host: [Double]
  let bare: [Double]

  var hostMedian: Double? { Finding.median(host) }
  var bareMedian: Double? { Finding.median(bare) }

  /// Speed of the host as a multiple of the bare loop's, each round by itself: a machine that wanders does so on
  /// both sides.
  var ratio: Double? {
    guard !metric.unit.isCost else { return nil }
    let pairs = zip(host, bare).filter { $0 > 0 && $1 > 0 }
    return Finding.median(pairs.map { metric.isHigherBetter ? $0 / $1 : $1 / $0 })
  }

  /// Lowest and highest ratio of a round.
  var spread: (Double, Double)? {
    let ratios = zip(host, bare).filter { $0 > 0 && $1 > 0 }.map { metric.isHigherBetter ? $0 / $1 : $1 / $0 }
    guard ratio != nil, let low = ratios.min(), let high = ratios.max() else { return nil }
    return (low, high)
  }

  static func median(_ figures: [Double]) -> Double? {
    guard !figures.isEmpty else { return nil }
    let sorted = figures.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// For each goal: how it reads, and whether it is met or missed by how much.
  var verdicts: [(goal: String, verdict: String)] {
    guard let hostMedian else { return [("", "no figure")] }
    return metric.goals.map { goal in
      switch goal {
      case .ratio(let wanted):
        guard let ratio else { return ("≥ \(Text.number(wanted))×", "no figure") }
        return ("≥ \(Text.number(wanted))×", Finding.verdict(ratio >= wanted, 1 - ratio / wanted))
      case .atMost(let wanted):
        let text = "≤ \(Text.number(wanted)) \(metric.unit.rawValue)"
        guard wanted > 0 else { return (text, hostMedian <= 0 ? "met" : "missed") }
        return (text, Finding.verdict(hostMedian <= wanted, hostMedian / wanted - 1))
      case .atLeast(let wanted):
        let text = "≥ \(Text.number(wanted))\(metric.unit.rawValue)"
        return (text, Finding.verdict(hostMedian >= wanted, 1 - hostMedian / wanted))
      }
    }
  }

  private static func verdict(_ isMet: Bool, _ lack: Double) -> String {
    isMet ? "met" : "missed by \(Text.number(lack * 100)) %"
  }
}

/// Numbers and tables for people.
enum Text {
  /// A line about the run, beside what it finds.
  static func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    // Nobody reads it: nothing to do about that.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
  }

  static func warnOfLoad() {
    var load = [0.0]
    guard unsafe getloadavg(&load, 1) == 1, load[0] > 0.5 else { return }
    say("the machine is at work already (load \(number(load[0]))): expect noise, above all in p99")
  }

  /// Three digits that mean something, with thousands apart.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let size = abs(value)
    let decimals = size >= 100 || value == value.rounded() ? 0 : size >= 10 ? 1 : 2
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int64((size * scale).rounded())
    let (whole, part) = (scaled / Int64(scale), scaled % Int64(scale))
    let fraction = decimals == 0 ? "" : ".\(String(repeating: "0", count: decimals - "\(part)".count))\(part)"
    return (value < 0 ? "-" : "") + grouped(whole) + fraction
  }

  private static func grouped(_ number: Int64) -> String {
    var text = ""
    for (index, digit) in "\(number)".reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return String(text.reversed())
  }

  /// Columns of equal width; the first and the last to the left, the others to the right.
  static func table(_ rows: [[String]]) -> String {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        if column == row.count - 1 { return cell }
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }
    return lines.joined(separator: "\n")
  }
}

/// All findings, as a table or as JSON.
struct Report {
  var findings: [Finding] = []

  var text: String {
    var rows = [["axis", "host", "bare", "", "ratio", "of a round", "goal", "result"]]
    for finding in findings {
      let verdicts = finding.verdicts
      for (index, goal) in (verdicts.isEmpty ? [("", "")] : verdicts).enumerated() {
        let spread = finding.spread.map { "\(Text.number($0.0))…\(Text.number($0.1))" } ?? ""
        rows.append([
          index == 0 ? finding.metric.title : "", finding.hostMedian.map(Text.number) ?? "–",
          finding.bareMedian.map(Text.number) ?? "–", finding.metric.unit.rawValue,
          finding.ratio.map(Text.number) ?? "", spread, goal.0, goal.1,
        ])
      }
    }
    return Text.table(rows)
  }

  /// `[{axis, title, unit, host: [round], bare: [round], ratio, goals: [{goal, result}]}]`.
  var json: JSONValue {
    JSONValue(
      findings.map { finding -> JSONValue in
        [
          "axis": JSONValue(finding.axis), "title": JSONValue(finding.metric.title),
          "unit": JSONValue(finding.metric.unit.rawValue), "host": JSONValue(finding.host.map { JSONValue($0) }),
          "bare": JSONValue(finding.bare.map { JSONValue($0) }),
          "ratio": finding.ratio.map { JSONValue($0) } ?? .null,
          "goals": JSONValue(
            finding.verdicts.map { ["goal": JSONValue($0.goal), "result": JSONValue($0.verdict)] as JSONValue }),
        ]
      })
  }
}
