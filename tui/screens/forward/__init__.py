"""The forward screen: how a digit becomes noise."""
