// Command lensan distributes the links of the support portal as widgets and QR
// codes and counts what comes of them.
package main

func main() {}
