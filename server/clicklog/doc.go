// Package clicklog makes clicks durable before they are answered: waiting
// clicks are committed together (group commit) to a Journal, and every click
// ends as committed, unconfirmed or lost, each counted. It does not know what
// a click means.
package clicklog
