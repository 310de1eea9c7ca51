// swift-tools-version: 6.2
import PackageDescription

// The example as a package of its own: copy this folder anywhere and build it there, with ESH_SDK naming the SDK of an
// installed ESh (PREFIX/share/esh/sdk). Inside the repository, whose own package builds it too, nothing has to be named.
let sdk = Context.environment["ESH_SDK"] ?? "../../../SDK"
let esh = String(sdk.split(separator: "/").last ?? "sdk")

let package = Package(
  name: "announcements",
  products: [
    // What the host opens: libAnnouncementsPlugin.so, as the manifest says.
    .library(name: "AnnouncementsPlugin", type: .dynamic, targets: ["AnnouncementsEntry"])
  ],
  dependencies: [.package(path: sdk)],
  targets: [
    .target(name: "AnnouncementsPlugin", dependencies: [.product(name: "PluginKit", package: esh)], path: "Sources"),
    .target(
      name: "AnnouncementsEntry", dependencies: ["AnnouncementsPlugin", .product(name: "PluginKit", package: esh)],
      path: "Entry"),
    .testTarget(
      name: "AnnouncementsModelTests",
      dependencies: ["AnnouncementsPlugin", .product(name: "PluginTesting", package: esh)], path: "Tests"),
  ]
)
