/**
 * Reads configuration files: YAML to a tree whose values know their lines. What the keys mean is
 * for others to say. Entry type: {@link dev.parlance.app.config.ConfigFile}. The only package that
 * uses the YAML library.
 */
package dev.parlance.app.config;
