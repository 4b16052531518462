/**
 * The command line: one class per command, and the wiring of engine and server. Entry type: {@link
 * dev.parlance.app.cli.Main}. The only package that uses {@code System.out} and {@code
 * System.exit}.
 */
package dev.parlance.app.cli;
