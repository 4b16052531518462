"""The text that the embedded model is trained on: generated here, from our own sentences and grammars."""
