"""The permission oracle: the rules of who may see what, stated a second time and compared."""
