// Package referral is the domain of Lên Sàn: codes, provinces and their
// succession, portals, destinations, placements, clicks and the link table
// that resolves a code to where it leads. It knows neither HTTP nor SQL and
// imports only the standard library.
package referral
