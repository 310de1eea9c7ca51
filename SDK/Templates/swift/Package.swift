// swift-tools-version: 6.2
import PackageDescription

// Where the SDK of ESh lies; ESH_SDK names another place, on another machine.
let sdk = Context.environment["ESH_SDK"] ?? "@ESH_SDK@"
let esh = String(sdk.split(separator: "/").last ?? "sdk")

let package = Package(
  name: "my-sample",
  products: [
    // What the host opens: libMySamplePlugin.so, as the manifest says.
    .library(name: "MySamplePlugin", type: .dynamic, targets: ["MySampleEntry"])
  ],
  dependencies: [.package(path: sdk)],
  targets: [
    // The plugin itself, which its tests link; and the one function that the host looks up in the library.
    .target(name: "MySample", dependencies: [.product(name: "PluginKit", package: esh)]),
    .target(name: "MySampleEntry", dependencies: ["MySample", .product(name: "PluginKit", package: esh)]),
    .testTarget(name: "MySampleTests", dependencies: ["MySample", .product(name: "PluginTesting", package: esh)]),
  ]
)
