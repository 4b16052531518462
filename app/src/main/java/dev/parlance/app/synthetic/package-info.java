/**
 * Models of random weights in known shapes, for measurements: speed does not depend on what weights
 * say. Entry type: {@link dev.parlance.app.synthetic.SyntheticModel}.
 */
package dev.parlance.app.synthetic;
